from lazaretto.detect.rules.javascript.obfuscated_tail import RULE

CONFIG = "/** @type {import('tailwindcss').Config} */\nmodule.exports = {\n  content: ['./src/**/*.tsx'],\n  plugins: [],\n};"
TAIL = "global['!']='0';var _$_1e42=(function(l,e){return l.charAt(e)})('x',1);" + "a(_$_1e42[0]);" * 80


def test_line_behind_the_export(look):
    source = CONFIG + " " * 200 + TAIL + "\n"
    ((line, severity, confidence, message),) = look(RULE, source, "tailwind.config.js")
    assert (line, severity, confidence) == (5, "HIGH", "HIGH")
    assert "unreadable program text hangs on this file" in message


def test_line_before_the_configuration(look):
    assert [f[:3] for f in look(RULE, f"{TAIL}\n{CONFIG}\n", "web/next.config.mjs")] == [(1, "HIGH", "HIGH")]


def test_route_file_with_a_tail(look):
    source = "const a = require('express');\nconst r = a.Router();\nr.get('/', h);\nmodule.exports = r;" + TAIL
    assert [f[:3] for f in look(RULE, source, "server/routes/a.js")] == [(4, "HIGH", "HIGH")]


def test_long_lists_are_no_program(look):
    words = ", ".join(f"'bg-{n}'" for n in range(400))
    assert look(RULE, f"module.exports = {{ safelist: [{words}] }}\n", "tailwind.config.js") == []
    image = "data:image/png;base64," + "iVBORw0KGgo" * 300
    assert look(RULE, f"module.exports = {{ logo: '{image}' }};\n", "vite.config.js") == []
    assert look(RULE, CONFIG, "tailwind.config.js") == []


def test_a_short_file_whose_tail_is_pushed_off_screen(look):
    source = "const mongoose = require('mongoose'); // models\nmodule.exports = mongoose.model('User', {});"
    assert [f[:3] for f in look(RULE, source + " " * 150 + TAIL, "src/db.js")] == [(2, "HIGH", "HIGH")]
    assert [f[:3] for f in look(RULE, source + TAIL, "src/db.js")] == [(2, "HIGH", "MEDIUM")]
