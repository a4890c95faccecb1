import React from 'react';

/** Draws a sentence in which `code` and *emphasis* are marked as in Markdown, and nothing else is. */
export function Words({ text }: { readonly text: string }) {
  return (
    <>
      {text.split(/(`[^`]+`|\*[^*]+\*)/).map((part, place) => {
        if (part.startsWith('`') && part.length > 1) {
          return <code key={place}>{part.slice(1, -1)}</code>;
        }
        return part.startsWith('*') && part.length > 1 ? <em key={place}>{part.slice(1, -1)}</em> : part;
      })}
    </>
  );
}
