using System.Runtime.InteropServices;
using System.Text;

namespace Bramble.Linux.DBus.SdBus;

/// <summary>One exported interface: its vtable in native memory, which sd-bus reads for as long as the slot lives.</summary>
internal sealed unsafe class SdBusExport : SdBusSlot, IAsyncDisposable
{
    private readonly List<nint> _strings = [];
    private readonly Dictionary<string, BusMethod> _methods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BusProperty> _properties = new(StringComparer.Ordinal);

    public SdBusExport(SdBusConnection connection, BusInterface description)
    {
        Connection = connection;
        int count = description.Methods.Count + description.Properties.Count + description.Signals.Count + 2;
        Vtable = (SdBusVtableEntry*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(SdBusVtableEntry));
        SdBusVtableEntry* entry = Vtable;
        *entry++ = new SdBusVtableEntry
        {
            TypeAndFlags = SdBusVtableEntry.Head('<', 0),
            Word0 = sizeof(SdBusVtableEntry),
            Word1 = SdBusVtableEntry.ParamNames,
            Word2 = SdBusLibrary.VtableFormat,
        };
        foreach (BusMethod method in description.Methods)
        {
            _methods[method.Name] = method;
            *entry++ = new SdBusVtableEntry
            {
                TypeAndFlags = SdBusVtableEntry.Head('M', SdBusVtableEntry.Unprivileged),
                Word0 = Keep(method.Name),
                Word1 = Keep(method.In),
                Word2 = Keep(method.Out),
                Word3 = (nint)(delegate* unmanaged<nint, nint, nint, int>)&SdBusConnection.OnMethodCall,
                Word5 = KeepNames(method.In + method.Out, method.ArgumentNames),
            };
        }
        foreach (BusProperty property in description.Properties)
        {
            _properties[property.Name] = property;
            *entry++ = new SdBusVtableEntry
            {
                TypeAndFlags = SdBusVtableEntry.Head('P', 0),
                Word0 = Keep(property.Name),
                Word1 = Keep(property.Signature),
                Word2 = (nint)(delegate* unmanaged<nint, nint, nint, nint, nint, nint, SdBusError*, int>)&SdBusConnection.OnGetProperty,
            };
        }
        foreach (BusSignal signal in description.Signals)
        {
            *entry++ = new SdBusVtableEntry
            {
                TypeAndFlags = SdBusVtableEntry.Head('S', 0),
                Word0 = Keep(signal.Name),
                Word1 = Keep(signal.Signature),
                Word2 = KeepNames(signal.Signature, signal.ArgumentNames),
            };
        }
        entry->TypeAndFlags = SdBusVtableEntry.Head('>', 0);
    }

    public SdBusConnection Connection { get; }

    public SdBusVtableEntry* Vtable { get; private set; }

    public BusMethod? Method(string name) => _methods.GetValueOrDefault(name);

    public BusProperty? Property(string name) => _properties.GetValueOrDefault(name);

    public ValueTask DisposeAsync() => Connection.ReleaseAsync(this);

    protected override void OnFreed()
    {
        NativeMemory.Free(Vtable);
        Vtable = null;
        foreach (nint text in _strings)
        {
            NativeMemory.Free((void*)text);
        }
        _strings.Clear();
    }

    /// <summary>Names one after the other, each ended by a NUL; an empty list for "no names".</summary>
    private nint KeepNames(string signature, IReadOnlyList<string> names)
    {
        if (names.Count != 0 && names.Count != BusSignature.Split(signature).Count)
        {
            throw new ArgumentException($"{names.Count} argument names were given for signature '{signature}'.", nameof(names));
        }
        return Keep(string.Concat(names.Select(static name => name + '\0')));
    }

    private nint Keep(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text + '\0');
        void* native = NativeMemory.Alloc((nuint)bytes.Length);
        bytes.CopyTo(new Span<byte>(native, bytes.Length));
        _strings.Add((nint)native);
        return (nint)native;
    }
}
