import App
import ArgumentParser
import JSON

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Show the effective configuration, secrets masked; exit 78 when it is wrong.")

    @Flag(help: "Check and print; every mistake is reported at once.")
    var check = false

    @Flag(help: "Print one JSON object instead of a table.")
    var json = false

    @OptionGroup var database: DatabaseOptions

    func run() throws {
        let effective = try database.configuration().effective
        for misspelt in database.misspeltVariables() { Console.complain(misspelt) }
        if json {
            var writer = Writer()
            writer.beginObject()
            for (name, value) in effective {
                writer.key(name)
                writer.string(value)
            }
            writer.endObject()
            Console.writeLine(writer.bytes)
        } else {
            Console.say(Console.table(effective.map { [$0.name, $0.value] }))
            if check { Console.note("The configuration is valid.") }
        }
    }
}
