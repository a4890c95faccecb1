// Tests stand beside what they test. Packages that are ES modules only are transformed like our own files: which
// of them are is nobody's business but theirs, and it changes with their versions.
const transformOptions = {
  sourceMaps: 'inline',
  jsc: {
    parser: { syntax: 'typescript', tsx: true },
    transform: { react: { runtime: 'classic' } },
    target: 'es2022',
  },
  module: { type: 'commonjs' },
};

module.exports = {
  roots: ['<rootDir>/src', '<rootDir>/build'],
  testEnvironment: 'jsdom',
  // jsdom names itself a browser; packages then hand out what is written for one, and jest transforms it.
  testEnvironmentOptions: { customExportConditions: ['browser'] },
  setupFiles: ['<rootDir>/jest/browser_parts.js'],
  setupFilesAfterEnv: ['<rootDir>/jest/matchers.js'],
  testMatch: ['**/*.test.{ts,tsx,mjs}'],
  moduleFileExtensions: ['ts', 'tsx', 'mjs', 'js', 'cjs', 'json'],
  moduleNameMapper: {
    '\\.(css|scss|svg|png|woff2?)$': '<rootDir>/jest/empty_file.js',
  },
  transform: { '^.+\\.(mjs|cjs|[tj]sx?)$': ['@swc/jest', transformOptions] },
  transformIgnorePatterns: [],
  restoreMocks: true,
};
