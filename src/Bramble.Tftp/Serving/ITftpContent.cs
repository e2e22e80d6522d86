namespace Bramble.Tftp.Serving;

/// <summary>
/// The bytes of one file at one version. A transfer keeps the version it began with, whatever happens on disk meanwhile.
/// Instances are shared by transfers and counted: <see cref="IDisposable.Dispose"/> ends one user's hold.
/// </summary>
public interface ITftpContent : IDisposable
{
    /// <summary>Size in bytes.</summary>
    long Length { get; }

    /// <summary>Copies bytes from <paramref name="offset"/> on; returns how many, 0 at the end. Never blocks for long, never throws for a valid offset.</summary>
    int Read(long offset, Span<byte> destination);
}
