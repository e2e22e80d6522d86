namespace Bramble.Fleet.BootFiles;

/// <summary>What was noticed while a client's boot files were made.</summary>
/// <param name="Config">Settings of its config.txt; null if that file was not asked for.</param>
/// <param name="ConfigBytes">Size of config.txt with the client's lines where it is over <see cref="ConfigText.MaxBytes"/>; else 0.</param>
/// <param name="CommandLineBytes">Size of cmdline.txt where it is over <see cref="CommandLine.MaxBytes"/>; else 0.</param>
/// <param name="IsCommandLine">The notes are of cmdline.txt.</param>
internal readonly record struct BootFileNotes(ConfigText? Config, int ConfigBytes, int CommandLineBytes, bool IsCommandLine = false);
