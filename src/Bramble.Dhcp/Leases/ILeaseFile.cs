namespace Bramble.Dhcp.Leases;

/// <summary>The file under a <see cref="LeaseJournal"/>. Every method may throw <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</summary>
internal interface ILeaseFile : IDisposable
{
    /// <summary>All that is in it.</summary>
    byte[] ReadAll();

    /// <summary>Writes at an offset, making the file longer if need be, and waits until it is on disk.</summary>
    void Write(ReadOnlySpan<byte> data, long offset);

    /// <summary>Cuts the file, durably.</summary>
    void Cut(long length);

    /// <summary>Puts another content in the place of all that is there. After an exception it is still the old one, after a power cut the old or the new one until the next <see cref="Write"/> has returned.</summary>
    void Replace(ReadOnlySpan<byte> content);
}
