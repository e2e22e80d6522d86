namespace Bramble.Linux.DBus;

/// <summary>A method call that came in.</summary>
/// <param name="Bus">The connection that it came by.</param>
/// <param name="Message">What was sent.</param>
public sealed record BusCall(IBusConnection Bus, BusMessage Message)
{
    /// <summary>One argument.</summary>
    /// <param name="index">Its place, from 0.</param>
    public T Get<T>(int index) => Message.Get<T>(index);

    /// <summary>User id of the caller, as the bus knows it from the caller's socket.</summary>
    public Task<uint> GetSenderUserIdAsync() => Bus.GetUserIdAsync(Message.Sender);
}
