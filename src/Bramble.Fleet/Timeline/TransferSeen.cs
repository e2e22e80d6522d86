using Bramble.Tftp.Serving;

namespace Bramble.Fleet.Timeline;

/// <summary>One step of a transfer, seen from the board.</summary>
/// <param name="Event">The step.</param>
/// <param name="Path">The file's path below the prefix.</param>
/// <param name="IsKernel">It is the kernel.</param>
internal readonly record struct TransferSeen(TftpTransferEvent Event, string Path, bool IsKernel);
