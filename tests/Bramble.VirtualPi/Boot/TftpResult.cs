namespace Bramble.VirtualPi.Boot;

/// <summary>How a read request ended.</summary>
/// <param name="Status">The end.</param>
/// <param name="Content">The whole file when complete.</param>
/// <param name="BlockSize">The block size agreed on.</param>
/// <param name="Repeats">Packets that had to be sent again.</param>
/// <param name="ErrorCode">The server's error code when it refused.</param>
/// <param name="ErrorText">The server's error text when it refused.</param>
internal sealed record TftpResult(
    TftpStatus Status,
    byte[] Content,
    int BlockSize = 512,
    int Repeats = 0,
    int ErrorCode = 0,
    string ErrorText = "");
