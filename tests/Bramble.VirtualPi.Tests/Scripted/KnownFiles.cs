using Bramble.VirtualPi.Boot;

namespace Bramble.VirtualPi.Tests.Scripted;

/// <summary>Expected files from a dictionary; what is not in it must not come.</summary>
internal sealed class KnownFiles(Dictionary<string, byte[]> files) : IExpectedFiles
{
    public Expectation Find(string name, out ReadOnlyMemory<byte> content)
    {
        bool found = files.TryGetValue(name, out byte[]? octets) || files.TryGetValue("8b07bcc6/" + name, out octets);
        content = octets;
        return found ? Expectation.Content : Expectation.Absent;
    }
}
