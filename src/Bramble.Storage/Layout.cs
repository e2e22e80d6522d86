using System.Globalization;

namespace Bramble.Storage;

/// <summary>
/// The data folder: <c>images/NAME/{boot,root,image.json,originals.json,disk.img}</c>, <c>clients/NAME/states/ID/{boot,root|disk.img,state.json}</c> with
/// <c>clients/NAME/{current,address,ssh}</c>, <c>journal/</c>, and <c>tmp/</c>, whose content is never worth keeping. Images and states are subvolumes
/// where there are any.
/// </summary>
internal sealed class Layout(string dataFolder)
{
    internal const string Boot = "boot";
    internal const string Root = "root";
    internal const string Disk = "disk.img";
    internal const string States = "states";
    internal const string HostKeys = "ssh";
    internal const string Originals = "originals.json";

    public string Data { get; } = dataFolder;

    public string Images => $"{Data}/images";

    public string Clients => $"{Data}/clients";

    public string Temporary => $"{Data}/tmp";

    public string Journal => $"{Data}/journal";

    /// <summary>An empty file that is as old as the last snapshot, for those who may not look into the states.</summary>
    public string LastSnapshot => $"{Data}/{Contract.DataFolder.LastSnapshot}";

    public string Image(string name) => $"{Images}/{name}";

    public string ImageBoot(string name) => $"{Images}/{name}/{Boot}";

    public string ImageRoot(string name) => $"{Images}/{name}/{Root}";

    public string ImageRecord(string name) => $"{Images}/{name}/image.json";

    public string ImageOriginals(string name) => $"{Images}/{name}/{Originals}";

    public string ImageDisk(string name) => $"{Images}/{name}/{Disk}";

    public string Client(string name) => $"{Clients}/{name}";

    public string ClientStates(string name) => $"{Clients}/{name}/{States}";

    public string ClientState(string name, int state) => $"{Clients}/{name}/{StatePath(state)}";

    public string ClientStateRecord(string name, int state) => $"{ClientState(name, state)}/state.json";

    public string ClientBoot(string name, int state) => $"{ClientState(name, state)}/{Boot}";

    public string ClientRoot(string name, int state) => $"{ClientState(name, state)}/{Root}";

    public string ClientDisk(string name, int state) => $"{ClientState(name, state)}/{Disk}";

    /// <summary>Link to the state that the client's next boot gets.</summary>
    public string ClientCurrent(string name) => $"{Clients}/{name}/current";

    /// <summary>SSH host keys of a client whose root keeps nothing.</summary>
    public string ClientHostKeys(string name) => $"{Clients}/{name}/{HostKeys}";

    public string ClientAddress(string name) => $"{Clients}/{name}/address";

    /// <summary>A state's folder as seen from its client's.</summary>
    internal static string StatePath(int state) => string.Create(CultureInfo.InvariantCulture, $"{States}/{state}");

    /// <summary>Number of a state from its folder's name; null if that is none.</summary>
    internal static int? StateNumber(string folder) =>
        int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int state) && state > 0 ? state : null;
}
