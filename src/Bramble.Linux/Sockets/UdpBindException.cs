using Bramble.Linux.Native;
using Bramble.Linux.Net;

namespace Bramble.Linux.Sockets;

/// <summary>A UDP socket could not be bound. The message says what, why, and what to do about it.</summary>
public sealed class UdpBindException : IOException
{
    /// <summary>Makes the exception.</summary>
    public UdpBindException(UdpEndpoint endpoint, UdpBindFailure failure, string message)
        : base(message)
    {
        Endpoint = endpoint;
        Failure = failure;
    }

    /// <summary>The address and port that were asked for.</summary>
    public UdpEndpoint Endpoint { get; }

    /// <summary>The reason as a value.</summary>
    public UdpBindFailure Failure { get; }

    internal static UdpBindException Create(UdpEndpoint endpoint, string? device, int error)
    {
        string what = device is null ? $"Cannot listen on UDP {endpoint}" : $"Cannot listen on UDP {endpoint} at interface {device}";
        (UdpBindFailure failure, string text) = error switch
        {
            Errno.AddressInUse => (UdpBindFailure.InUse, InUse(endpoint)),
            Errno.Access or Errno.Permission => (UdpBindFailure.NotPermitted,
                "the process may not use it. Ports below 1024 need CAP_NET_BIND_SERVICE: start it from its systemd unit or as root, or choose a higher port."),
            Errno.AddressNotAvailable => (UdpBindFailure.NoSuchAddress,
                "no interface of this machine has that address. `ip -4 address` lists those that there are; wait for the network, or correct the address."),
            Errno.NoDevice => (UdpBindFailure.NoSuchInterface,
                "there is no such interface. `ip link` lists those that there are."),
            _ => (UdpBindFailure.Other, $"{System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error)} (errno {error})."),
        };
        return new UdpBindException(endpoint, failure, $"{what}: {text}");
    }

    private static string InUse(UdpEndpoint endpoint)
    {
        IReadOnlyList<UdpPortHolder> holders = UdpPortHolder.Find(endpoint.Address, endpoint.Port);
        return holders.Count == 0
            ? $"the port is in use by another program. `ss -ulpn 'sport = :{endpoint.Port}'` as root names it; stop it, or choose another address or port."
            : $"the port is in use by {string.Join(", ", holders)}. Stop that program, or choose another address or port.";
    }
}
