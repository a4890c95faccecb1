// Pictures and style sheets are nothing in tests.
module.exports = '';
