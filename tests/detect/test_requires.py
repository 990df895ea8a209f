from lazaretto.detect.requires import required


def test_requirements_of_a_wheel_without_its_extras(change):
    text = (
        "Metadata-Version: 2.1\r\nName: demo\r\nVersion: 1\r\nRequires-Dist: Six (>=1.0)\r\n"
        'Requires-Dist: rich>=2; python_version < "3.9"\r\nRequires-Dist: black; extra == "dev"\r\n'
        "Requires-Dist: core @ https://files.example.test/core-1.0.tar.gz\r\nRequires-Dist: ((\r\n\r\n"
        "Requires-Dist: not-a-header\r\n"
    )
    view = change({}, {"files": {"demo-1.dist-info/METADATA": text, "demo/METADATA": text}}).new
    assert [(package.name, package.line, bool(package.url)) for package in required(view)] == [
        ("six", 4, False),
        ("rich", 5, False),
        ("core", 7, True),
    ]
