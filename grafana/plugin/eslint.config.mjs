/** What the plugin's code must keep to; `npm run lint` allows no warning. */
import javascript from '@eslint/js';
import accessibility from 'eslint-plugin-jsx-a11y';
import react from 'eslint-plugin-react';
import hooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import typescript from 'typescript-eslint';

const JSX_RUNTIME = {
  group: ['react/jsx-runtime', 'react/jsx-dev-runtime'],
  message: 'React 18 and 19 have different ones: write classic JSX, with React in scope.',
};
const WITHOUT_REACT = {
  group: ['react', 'react/*', 'react-*', '@grafana/ui', '@grafana/ui/*', '@grafana/scenes', '@emotion/*'],
  message: 'src/data/ is pure: no React, nothing that draws.',
};
const GONE_IN_REACT_19 = ['findDOMNode', 'unmountComponentAtNode', 'render', 'hydrate', 'unstable_renderSubtreeIntoContainer'].map(
  (property) => ({ object: 'ReactDOM', property, message: 'React 19 does not have it.' })
);

export default defineConfig(
  globalIgnores(['dist/', 'artifacts/', 'coverage/', 'node_modules/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['src/**/*.{ts,tsx}', 'harness/**/*.{ts,tsx}'],
    extends: [
      ...typescript.configs.strictTypeChecked,
      react.configs.flat.recommended,
      hooks.configs.flat['recommended-latest'],
      accessibility.flatConfigs.strict,
    ],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: { react: { version: '18.3' } },
    rules: {
      'no-restricted-imports': ['error', { patterns: [JSX_RUNTIME] }],
      'no-restricted-properties': ['error', ...GONE_IN_REACT_19],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'AssignmentExpression > MemberExpression.left[property.name=/^(defaultProps|propTypes|contextTypes|childContextTypes)$/]',
          message: 'React 19 ignores it.',
        },
        { selector: 'ClassDeclaration[superClass.property.name=/^(Pure)?Component$/]', message: 'Write a function.' },
      ],
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      // A number in a text is what is meant; objects, arrays and null still are not.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Arrow functions that hand on what nobody reads are short, not wrong.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'react/prop-types': 'off', // TypeScript knows
      'react/no-unknown-property': 'error',
    },
  },
  {
    files: ['src/data/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [JSX_RUNTIME, WITHOUT_REACT] }] },
  },
  {
    // Stands for Grafana, whose insides have wider types than what it hands out.
    files: ['harness/**/*.{ts,tsx}'],
    rules: {
      '@typescript-eslint/consistent-type-assertions': 'off',
      '@typescript-eslint/no-unsafe-type-assertion': 'off',
      'no-console': 'off',
    },
  },
  {
    files: ['**/*.{mjs,js}'],
    extends: [javascript.configs.recommended],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'require', 'module', 'URL', '__webpack_public_path__', 'HTMLCanvasElement', 'Element'].map((name) => [name, 'writable'])
      ),
    },
    rules: { eqeqeq: 'error' },
  },
  {
    files: ['**/*.test.mjs'],
    languageOptions: { globals: { describe: 'readonly', expect: 'readonly', it: 'readonly' } },
  },
  {
    files: ['src/**/*.test.{ts,tsx}'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off', // a test that finds nothing fails either way
      '@typescript-eslint/consistent-type-assertions': 'off', // pieces stand for wholes
      '@typescript-eslint/unbound-method': 'off',
      'react/display-name': 'off',
    },
  }
);
