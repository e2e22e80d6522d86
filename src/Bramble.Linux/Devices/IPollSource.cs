namespace Bramble.Linux.Devices;

/// <summary>Something that can be waited for by <see cref="DevicePoll"/>.</summary>
public interface IPollSource
{
    /// <summary>The open file; below zero once it is closed.</summary>
    int FileDescriptor { get; }
}
