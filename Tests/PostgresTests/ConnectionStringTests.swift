import Postgres
import Testing

@Suite struct ConnectionStringTests {
    @Test(arguments: [
        ("bitstockerz", true), ("", true), ("dbname=bitstockerz", true), ("host=/run user=x password='a b'", true),
        ("postgres://u:p%2Fx@h:5432/db?sslmode=require", true), ("postgresql:///db?host=/run", true),
        ("host=a,b port=5432,5433 connect_timeout=3", true), ("host=a,b port=,5433", true),
        // What people write: a slash in a password, a blank without quotes, a percent sign, a quote that never ends.
        ("postgres://u:hunter2/x@h/db", false), ("password=hunter two22", false),
        ("postgres://u:100%hunter@h/db", false),
        ("password='hunter2", false), ("colour=blue", false), ("port=hunter2", false), ("connect_timeout=soon", false),
        ("postgres://u:p@h:70000000000/db", false), ("dbname=a\0b", false),
    ])
    func `is told from what libpq would quote`(_ text: String, _ isUnderstood: Bool) {
        #expect(ConnectionString.isUnderstood(text) == isUnderstood)
    }
}
