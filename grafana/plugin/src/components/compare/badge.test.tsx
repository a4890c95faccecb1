import { severityLevels } from '../../levels.gen';
import { readableOn } from './badge';

/** Contrast of two colours. Source: WCAG 2.2, relative luminance. */
function contrast(one: string, other: string): number {
  const [bright = 0, dark = 0] = [one, other].map(luminance).sort((a, b) => b - a);
  return (bright + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const value = parseInt(colour.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

it.each(severityLevels.map(({ word, colour }) => [word, colour]))('text on the colour of %s can be read', (_, colour) => {
  expect(contrast(readableOn(colour), colour)).toBeGreaterThanOrEqual(4.5);
});
