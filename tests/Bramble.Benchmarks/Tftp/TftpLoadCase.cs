namespace Bramble.Benchmarks.Tftp;

/// <summary>One load: how many clients read how much, and how.</summary>
internal sealed record TftpLoadCase(int Clients, int BlockSize, int WindowSize, int Megabytes)
{
    /// <summary>Name of the file.</summary>
    public string File => $"file{Megabytes}";

    /// <summary>Its length, bytes.</summary>
    public long Length => Megabytes * 1024L * 1024L;
}
