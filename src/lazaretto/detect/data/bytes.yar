/*
   Byte patterns for files that no parser reads: compiled programs, compiled Python, packed applications, very long code.

   Written for this project, 2026-11-25, from public descriptions of what such programs do (ATT&CK technique pages,
   vendors' documentation of browsers, wallets, pools and packagers). No pattern was taken from another rule set and
   none is of one sample. Compiled by lazaretto/detect/bytescan.py; read from this file, no build step.

   Every rule has these metadata:
       group       which rule of detect/rules/binary reports it
       severity    1 to 4, confidence 1 to 3, as in docs/verdict.md
       technique   ATT&CK id, for whoever reads this file
       innocent    who else looks like this
*/

private rule browser_stores {
    strings:
        $a1 = "Login Data" ascii wide
        $a2 = "Local State" ascii wide
        $a3 = "logins.json" ascii wide
        $a4 = "key4.db" ascii wide
        $a5 = "cookies.sqlite" ascii wide
        $a6 = "CryptUnprotectData" ascii wide
        $a7 = "moz_logins" ascii wide
        $a8 = "encrypted_key" ascii wide
        $a9 = "\\User Data\\Default" ascii wide
    condition:
        3 of them
}

private rule wallets {
    strings:
        $w1 = "nkbihfbeogaeaoehlefnkodbefgpgknn" ascii wide
        $w2 = "bfnaelmomeimhlpmgjnjophhpkkoljpa" ascii wide
        $w3 = "fhbohimaelbohpjbbldcngcnapndodjp" ascii wide
        $w4 = "hnfanknocfeofbddgcijnmhnfnkdnaad" ascii wide
        $w5 = "ibnejdfjmmkpcnlpebklmnkoeoihofec" ascii wide
        $w6 = "egjidjbpglichdcondbcbdnbeeppgdph" ascii wide
        $w7 = "exodus.wallet" ascii wide
        $w8 = "Electrum\\wallets" ascii wide nocase
        $w9 = "atomic\\Local Storage" ascii wide nocase
        $w10 = "Ethereum\\keystore" ascii wide nocase
        $w11 = "wallet.dat" ascii wide
        $w12 = ".config/solana/id.json" ascii wide
    condition:
        2 of them
}

private rule session_tokens {
    strings:
        $t1 = "Telegram Desktop\\tdata" ascii wide nocase
        $t2 = "discord\\Local Storage\\leveldb" ascii wide nocase
        $t3 = "discordcanary" ascii wide
        $t4 = "steamLoginSecure" ascii wide
        $t5 = ".ROBLOSECURITY" ascii wide
        $t6 = "\\FileZilla\\recentservers.xml" ascii wide nocase
        $t7 = "\\Steam\\config\\loginusers.vdf" ascii wide nocase
    condition:
        2 of them
}

private rule drop_service {
    strings:
        $x1 = "discord.com/api/webhooks/" ascii wide
        $x2 = "api.telegram.org/bot" ascii wide
        $x3 = "gofile.io/uploadFile" ascii wide nocase
        $x4 = "transfer.sh" ascii wide fullword
        $x5 = "anonfiles.com" ascii wide
        $x6 = "discordapp.com/api/webhooks/" ascii wide
    condition:
        any of them
}

rule stealer_of_browsers_and_wallets {
    meta:
        group = "stealer"
        severity = 3
        confidence = 2
        technique = "T1555.003"
        innocent = "recovery and forensic tools hold the same names"
    condition:
        (browser_stores and wallets) or (browser_stores and session_tokens) or (wallets and session_tokens)
}

rule stealer_with_its_drop {
    meta:
        group = "stealer"
        severity = 3
        confidence = 3
        technique = "T1567"
        innocent = "none known: three independent groups and a place to send it to"
    condition:
        ((browser_stores and wallets) or (browser_stores and session_tokens)) and drop_service
}

rule keylogger_that_reports {
    meta:
        group = "stealer"
        severity = 3
        confidence = 2
        technique = "T1056.001"
        innocent = "remote support programs with a chat notification"
    strings:
        $k1 = "SetWindowsHookEx" ascii
        $k2 = "GetAsyncKeyState" ascii
        $k3 = "GetForegroundWindow" ascii
        $k4 = "GetClipboardData" ascii
    condition:
        3 of ($k*) and drop_service
}

rule hard_coded_webhook {
    meta:
        group = "channel"
        severity = 3
        confidence = 2
        technique = "T1567.004"
        innocent = "a program that reports its own crashes to its author"
        confirm = "webhook"
    strings:
        $discord = "discord.com/api/" ascii wide
        $discordapp = "discordapp.com/api/" ascii wide
    condition:
        any of them
}

rule hard_coded_bot_token {
    meta:
        group = "channel"
        severity = 3
        confidence = 2
        technique = "T1102.002"
        innocent = "a bot that was published with its secret by mistake"
        confirm = "bot-token"
    strings:
        $telegram = "api.telegram.org/bot" ascii wide
    condition:
        $telegram
}

rule coin_miner {
    meta:
        group = "miner"
        severity = 3
        confidence = 2
        technique = "T1496"
        innocent = "packages that are miners and say so"
    strings:
        $pool1 = "stratum+tcp://" ascii wide
        $pool2 = "stratum+ssl://" ascii wide
        $m1 = "xmrig" ascii wide nocase
        $m2 = "donate-level" ascii wide
        $m3 = "cryptonight" ascii wide nocase
        $m4 = "randomx" ascii wide nocase
        $m5 = "moneroocean" ascii wide nocase
        $m6 = "supportxmr" ascii wide nocase
        $m7 = "mining.subscribe" ascii wide
        $m8 = "nicehash" ascii wide nocase
    condition:
        any of ($pool*) and 2 of ($m*)
}

rule intrusion_framework {
    meta:
        group = "attack"
        severity = 3
        confidence = 2
        technique = "T1620"
        innocent = "the frameworks' own packages, and detection tools in compiled form"
    strings:
        $f1 = "ReflectiveLoader" ascii
        $f2 = "metsrv.dll" ascii wide nocase
        $f3 = "beacon.x64.dll" ascii wide nocase
        $f4 = "stdapi_sys_process" ascii
        $f5 = "%s as %s\\%s: %d" ascii
        $f6 = "sliverpb" ascii
        $f7 = "MSSE-%d-server" ascii
        $f8 = "sekurlsa::logonpasswords" ascii wide nocase
    condition:
        2 of them
}

rule hidden_powershell {
    meta:
        group = "attack"
        severity = 3
        confidence = 2
        technique = "T1059.001"
        innocent = "installers that hide their helper's window and also download"
    strings:
        $p1 = "-windowstyle hidden" ascii wide nocase
        $p2 = "-w hidden" ascii wide nocase
        $d1 = ".DownloadString(" ascii wide nocase
        $d2 = ".DownloadFile(" ascii wide nocase
        $d3 = "FromBase64String(" ascii wide nocase
        $d4 = "-EncodedCommand " ascii wide nocase
        $d5 = "IEX(" ascii wide nocase
    condition:
        any of ($p*) and any of ($d*)
}

rule looks_for_analysts {
    meta:
        group = "attack"
        severity = 2
        confidence = 2
        technique = "T1497.001"
        innocent = "anti-cheat and copy protection"
    strings:
        $v1 = "SbieDll.dll" ascii wide nocase
        $v2 = "VBoxService.exe" ascii wide nocase
        $v3 = "vmtoolsd.exe" ascii wide nocase
        $v4 = "wireshark.exe" ascii wide nocase
        $v5 = "ollydbg.exe" ascii wide nocase
        $v6 = "x64dbg.exe" ascii wide nocase
        $v7 = "processhacker.exe" ascii wide nocase
        $v8 = "fiddler.exe" ascii wide nocase
        $v9 = "qemu-ga.exe" ascii wide nocase
        $v10 = "procmon.exe" ascii wide nocase
    condition:
        5 of them
}

rule bundle_pyinstaller {
    meta:
        group = "bundle"
        severity = 1
        confidence = 3
        name = "PyInstaller"
    strings:
        $cookie = { 4D 45 49 0C 0B 0A 0B 0E }
        $table = "PYZ-00.pyz" ascii
    condition:
        $cookie and $table
}

rule bundle_nuitka {
    meta:
        group = "bundle"
        severity = 1
        confidence = 3
        name = "Nuitka"
    strings:
        $payload = { 4B 41 59 28 B5 2F FD }
        $word = "NUITKA_ONEFILE" ascii wide
    condition:
        $payload and $word
}

rule bundle_node {
    meta:
        group = "bundle"
        severity = 1
        confidence = 3
        name = "pkg or Node single executable"
    strings:
        $pkg = "pkg/prelude/bootstrap.js" ascii
        $sea = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:1" ascii
    condition:
        any of them
}

rule bundle_autoit {
    meta:
        group = "bundle"
        severity = 2
        confidence = 1
        name = "AutoIt"
    strings:
        $a = "AU3!EA06" ascii
        $b = ">>>AUTOIT SCRIPT<<<" wide
    condition:
        any of them
}
