using System.CommandLine;
using System.Globalization;
using Bramble.Linux.Files;
using Bramble.Support;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Commands;

/// <summary><c>bramble support</c>: one file for those who help.</summary>
internal static class SupportCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var file = new Argument<string?>("FILE") { Description = "The file that is made. Default: bramble-support-TIME.tar.gz, here.", Arity = ArgumentArity.ZeroOrOne };
        Option<string> config = ConfigCommand.FileOption();
        var command = new Command("support", "Gathers log, status, configuration and what doctor sees into one file for those who help. Secrets are taken out; names, addresses and serial numbers are in it.") { file, config };
        command.SetAction(async (result, cancellation) =>
        {
            string path = result.GetValue(file) ?? $"bramble-support-{DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}.tar.gz";
            var bundle = new SupportBundle(result.GetRequiredValue(config));
            await bundle.GatherAsync(cancellation);
            try
            {
                using SafeFileHandle handle = FileDescriptor.CreatePrivate(path);
                await using var output = new FileStream(handle, FileAccess.Write);
                bundle.Write(output);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"bramble: {path} cannot be written: {e.Message}");
                return ExitCode.Failure;
            }

            Console.WriteLine($"{path}: {string.Join(", ", bundle.Names)}.");
            Console.WriteLine("Secrets were taken out; names, addresses and serial numbers are in it. Look at it before you give it away: tar xf " + path);
            return ExitCode.Success;
        });
        return command;
    }
}
