import { told, untold } from './facts';
import { SOURCE, check, copied, factsWith, sample } from './facts_for_tests';

describe('exemplars', () => {
  test('off is a choice; the flag keeps features that are on', () => {
    const found = check(factsWith({ flags: told({ 'enable-feature': 'native-histograms' }), exemplars: told(0) }), 'exemplars');
    expect(found.state).toBe('unused');
    expect(copied(found)).toContain('--enable-feature=native-histograms,exemplar-storage');
  });

  test('on and linked is ok; not linked leads nowhere, and the link is to the traces that are there', () => {
    expect(check(factsWith(), 'exemplars').state).toBe('ok');
    const found = check(factsWith({ chosen: { ...SOURCE, exemplarLabels: [] } }), 'exemplars');
    expect(found.state).toBe('attention');
    expect(copied(found)).toContain('datasourceUid: "tempo"');
  });

  test('without a data source of traces, there is nothing to copy but words', () => {
    const found = check(factsWith({ chosen: { ...SOURCE, exemplarLabels: [] }, traceSources: [] }), 'exemplars');
    expect(copied(found)).toBe('');
    expect(found.fix?.words).toContain('Add a data source of traces');
  });

  test('on, and no call has a span', () => {
    expect(check(factsWith({ exemplars: told(0) }), 'exemplars').state).toBe('unused');
  });

  test('what can not be told from here is unknown', () => {
    const facts = { flags: untold<never>('status 403'), exemplars: untold<never>('status 403') };
    expect(check(factsWith(facts), 'exemplars').state).toBe('unknown');
    expect(check(factsWith(facts, { exemplarStorage: [sample({}, 0)] }), 'exemplars').state).toBe('unused');
  });
});
