using Bramble.Linux.DBus;

namespace Bramble.Linux.Tests.DBus;

/// <summary>A read-only property of a test's object. The product exports none.</summary>
/// <param name="Interface">Interface that it belongs to.</param>
/// <param name="Name">Its name.</param>
/// <param name="Signature">Signature of one complete type.</param>
/// <param name="Get">Reads it.</param>
public sealed record BusProperty(string Interface, string Name, string Signature, Func<object> Get)
{
    /// <summary>org.freedesktop.DBus.Properties for an object with these properties.</summary>
    public static BusInterface Export(params BusProperty[] properties)
    {
        IEnumerable<BusProperty> Asked(BusCall call) => properties.Where(each => each.Interface == call.Get<string>(0));
        BusMethod Method(string name, string takes, string gives, Func<BusCall, object> read) =>
            new() { Name = name, In = takes, Out = gives, Handler = call => Task.FromResult<object[]>([read(call)]) };
        return new BusInterface
        {
            Name = "org.freedesktop.DBus.Properties",
            Methods =
            [
                Method("Get", "ss", "v", call => Asked(call).Single(each => each.Name == call.Get<string>(1)).Read()),
                Method("GetAll", "s", "a{sv}", call => Asked(call).ToDictionary(each => each.Name, each => each.Read())),
            ],
        };
    }

    private object Read() => new BusVariant(Signature, Get());
}
