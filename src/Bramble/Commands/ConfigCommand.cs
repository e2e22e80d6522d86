using System.CommandLine;
using Bramble.Appliance;
using Bramble.Configuration;

namespace Bramble.Commands;

/// <summary><c>bramble config check|default|reference|import</c>.</summary>
internal static class ConfigCommand
{
    /// <summary>Where the configuration is unless said otherwise.</summary>
    public const string DefaultFile = "/etc/bramble/bramble.conf";

    /// <summary>The option that names the configuration file.</summary>
    public static Option<string> FileOption() => new("--config")
    {
        Description = "The configuration file.",
        DefaultValueFactory = _ => DefaultFile,
    };

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Option<string> file = FileOption();
        Option<bool> json = JsonOutput.Option();
        var check = new Command("check", "Looks for mistakes in the configuration file.") { file, json };
        check.SetAction(result =>
        {
            string path = result.GetRequiredValue(file);
            var output = JsonOutput.Of(result, json);
            IReadOnlyList<ConfigError> mistakes = ConfigFile.Load(path).Errors;
            output.Write(new ConfigCheck(path, mistakes), CommandJson.Default.ConfigCheck);
            Explain(mistakes);
            if (mistakes.Count > 0)
            {
                return ExitCode.Usage;
            }

            Console.WriteLine($"{path}: no mistakes.");
            return ExitCode.Success;
        });

        var printDefault = new Command("default", "Prints the commented default configuration.");
        printDefault.SetAction(_ =>
        {
            Console.Write(ConfigSchema.DefaultFile());
            return ExitCode.Success;
        });
        var reference = new Command("reference", "Prints the reference page of all keys, in Markdown.");
        reference.SetAction(_ =>
        {
            Console.Write(ConfigReference.Page());
            return ExitCode.Success;
        });
        return new Command("config", "Checks or prints the configuration.") { check, printDefault, reference, ImportCommand.Create(FileOption()) };
    }

    /// <summary>Loads a file; prints every mistake to standard error and returns null if there is one.</summary>
    public static BrambleConfig? LoadOrExplain(string path)
    {
        (BrambleConfig? config, IReadOnlyList<ConfigError> errors) = ConfigFile.Load(path);
        Explain(errors);
        return config;
    }

    private static void Explain(IReadOnlyList<ConfigError> errors)
    {
        foreach (ConfigError error in errors)
        {
            Console.Error.WriteLine(error);
        }
    }
}
