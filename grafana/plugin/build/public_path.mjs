// Before anything else in an entry: chunks are loaded from beside the app's module.js, wherever Grafana serves it
// from. The loader of Grafana says where that is in `uri` of the module; a nested panel lies two folders deeper.
import amdModule from 'module';

__webpack_public_path__ = amdModule?.uri
  ? amdModule.uri.slice(0, amdModule.uri.lastIndexOf('/') + 1).replace(/panels\/[^/]+\/$/, '')
  : 'public/plugins/mlexporter-app/';
