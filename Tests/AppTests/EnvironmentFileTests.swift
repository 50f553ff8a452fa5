import App
import Testing

@Suite struct EnvironmentFileTests {
    @Test(arguments: [
        ("", [:]), ("A=1", ["A": "1"]), ("A=1\nB=2\n", ["A": "1", "B": "2"]), ("A=1\nA=2", ["A": "2"]),
        ("# A=1\n;B=2\n  # C=3\nD=4", ["D": "4"]), ("# goes on \\\nA=1\nB=2", ["B": "2"]), ("A=", ["A": ""]),
        ("  A  =  one two  \r\n", ["A": "one two"]), ("A='one  two' # x", ["A": "one  two# x"]),
        ("A=\"one\ntwo\"\nB=2", ["A": "one\ntwo", "B": "2"]), ("A=\"say \\\"so\\\" \\n\"", ["A": "say \"so\" \\n"]),
        ("A='back\\slash'", ["A": "back\\slash"]), ("A=one\\\ntwo", ["A": "onetwo"]), ("A=it's", ["A": "it's"]),
        ("DATABASE_URL=host=/run/postgresql dbname=x", ["DATABASE_URL": "host=/run/postgresql dbname=x"]),
        ("A='unclosed", ["A": "unclosed"]), ("A=a\\ ", ["A": "a "]),
    ])
    func `variables are read as systemd reads them`(_ text: String, _ variables: [String: String]) {
        let file = EnvironmentFile(text)
        #expect(file.variables == variables && file.unreadableLines.isEmpty)
    }

    @Test func `lines that begin with no name are told`() {
        let file = EnvironmentFile("A=1\nexport B=2\nC D\n2E=3\n=4\n\nF=5")
        #expect(file.variables == ["A": "1", "F": "5"])
        #expect(file.unreadableLines == [2, 3, 4, 5])
    }
}
