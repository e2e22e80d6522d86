using System.Text;
using Bramble.Configuration;
using Bramble.Fuzz.Engine;
using Bramble.Fuzz.Inputs;
using static Bramble.Fuzz.Engine.FuzzFailureException;

namespace Bramble.Fuzz.Targets;

/// <summary>The configuration file: either a configuration, or mistakes that each name a line and a way out.</summary>
internal sealed class ConfigTarget : IFuzzTarget
{
    public string Name => "config";

    public Mutator Mutator { get; } = TextMutations.Of(
        (byte)'\n',
        [.. ConfigSchema.Sections.Select(s => $"[{s.Name}]"), .. ConfigSchema.Keys.Select(k => $"{k.Name} = {k.Default}"), "=", "[", "]", "\"", "#", ";", "\r", "\uFEFF",
            "yes", "no", "0", "1", "65535", "65536", "192.168.1.1", "192.168.1.100-192.168.1.199", "255.255.255.255", "12h", "7d", "2147483647d", "s", "/srv", "eth0, eth1", "\u0000"]);

    public IEnumerable<byte[]> Seeds =>
    [
        Encoding.UTF8.GetBytes(string.Join('\n', ConfigSchema.Sections.Select(s => $"[{s.Name}]\n" + string.Join('\n', ConfigSchema.Keys.Where(k => k.Section == s.Name && k.Default.Length > 0).Select(k => $"{k.Name} = {k.Default}"))))),
        [.. "\uFEFF[server]\r\nname = \"a b\"\r\ninterface=eth0, eth1\r\n[dhcp]\r\npool = 10.0.0.5-10.0.0.9\r\ndns = 1.1.1.1 9.9.9.9\r\nlease-time = 30m\r\n"u8],
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        string text = Encoding.UTF8.GetString(input);
        (BrambleConfig? config, IReadOnlyList<ConfigError> errors) = ConfigFile.Parse("bramble.conf", text);
        Require(config is null == errors.Count > 0, "there is a configuration and mistakes, or neither");
        int lines = 1;
        foreach (ReadOnlySpan<char> _ in text.AsSpan().EnumerateLines())
        {
            lines++;
        }

        foreach (ConfigError error in errors)
        {
            Require(error.Line >= 1 && error.Line < lines, $"a mistake in a line that is not there: {error.Line} of {lines}");
            Require(error.Problem.Length > 0 && error.Fix.Length > 0, "a mistake without words");
        }

        Coverage.Outcome(4000 + Math.Min(20, errors.Count));
    }
}
