using Bramble.Linux.DBus;

namespace Bramble.Bus;

/// <summary>Who may call: the second lock behind the bus policy, which another package's policy file could open.</summary>
/// <param name="userIds">Ids of the users that may.</param>
public sealed class BusCallers(IReadOnlyCollection<uint> userIds)
{
    /// <summary>Root.</summary>
    public const uint Root = 0;

    /// <summary>Root, and the user <c>bramble</c> where there is one.</summary>
    public static BusCallers RootAndBramble => new(PasswdFile.FindUserId("bramble") is { } bramble ? [Root, bramble] : [Root]);

    /// <summary>Root alone: for what the boot server, which strangers talk to, never needs.</summary>
    public static BusCallers RootAlone => new([Root]);

    /// <summary>Lets the caller pass or not.</summary>
    /// <exception cref="BusException"><see cref="BusErrors.AccessDenied"/>.</exception>
    public async Task CheckAsync(BusCall call)
    {
        uint caller = await call.GetSenderUserIdAsync().ConfigureAwait(false);
        if (!userIds.Contains(caller))
        {
            throw new BusException(BusErrors.AccessDenied, $"{call.Message.Member} is not for the user with id {caller}: use sudo.");
        }
    }
}
