/** What Grafana 11.6 to 13 all share with plugins, and our bundle therefore may ask for. Nothing else is there in all. */
export const EXTERNALS = [
  '@emotion/css',
  '@emotion/react',
  '@grafana/data',
  '@grafana/runtime',
  '@grafana/ui',
  'i18next',
  'lodash',
  'module', // of AMD: where this very file was loaded from
  'react',
  'react-dom',
  'react-router',
  'rxjs',
];
