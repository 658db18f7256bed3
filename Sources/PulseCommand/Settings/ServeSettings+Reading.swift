import ArgumentParser
import Foundation

extension ServeSettings {
    /// Brings together what flags, environment, file and defaults say; the first of them that knows a setting counts.
    ///
    /// - Parameter own: what the program itself answers: it need not be given, and is refused.
    /// - Throws: ``SettingsError`` with everything that is wrong.
    public static func read(
        _ options: ServeOptions, own: Set<Setting> = [],
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws(SettingsError) -> ServeSettings {
        var problems: [String] = []
        let flags = options.texts(problems: &problems)
        var reader = await SettingsReader(
            flags: flags, config: options.config, environment: environment, own: own, problems: problems)
        let settings = reader.settings(hasEchoEndpoint: options.echoEndpoint)
        guard reader.problems.isEmpty else { throw SettingsError(problems: reader.problems) }
        return settings
    }
}

extension SettingsReader {
    /// - Parameters:
    ///   - config: the configuration file that a flag names.
    ///   - problems: what is wrong already; what is wrong with the file is added.
    init(
        flags: [SettingKey: String], config: String?, environment: [String: String], own: Set<Setting> = [],
        problems: [String] = []
    ) async {
        var problems = problems
        var sources = [SettingSource(flags: flags), SettingSource(environment: environment)]
        let named = environment["PULSE_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        if let path = config ?? named {
            do throws(SettingsError) {
                let file = try await ConfigurationFile(path: path)
                sources.append(SettingSource(file: file))
                problems += file.problems
            } catch {
                problems += error.problems
            }
        }
        self.init(sources: sources, own: own, environment: environment, problems: problems)
    }
}

extension ServeOptions {
    /// The settings that hold with these flags; tells what is wrong on standard error.
    ///
    /// - Parameter own: what the program itself answers: it need not be given, and is refused.
    /// - Throws: ``ExitStatus/badSettings``, for the command to end with.
    public func settings(own: Set<Setting>) async throws -> ServeSettings {
        do throws(SettingsError) {
            return try await ServeSettings.read(self, own: own)
        } catch {
            StandardError.tell(error.problems)
            throw ExitStatus.badSettings
        }
    }
}
