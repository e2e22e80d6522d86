using Bramble.Serving;
using Xunit;

namespace Bramble.Tests.Serving;

public sealed class ClientFileTests
{
    private static readonly ClientRequest s_defaults = new() { Name = "", Image = "pi", Root = "nfs" };

    [Fact]
    public void A_table_has_its_columns_in_any_order()
    {
        IReadOnlyList<ClientRequest> clients = ClientFile.Read(
            "\uFEFF# the hall\nboard,Name,address,root,tags\r\n8b07bcc6,lobby,10.0.0.9,iscsi,\"floor-1 \"\"kiosk\"\"\"\r\n\r\n,desk-2,,,\n", s_defaults);
        Assert.Equal(2, clients.Count);
        Assert.Equal(("lobby", "8b07bcc6", "10.0.0.9", "iscsi", "pi"), (clients[0].Name, clients[0].Board, clients[0].Address, clients[0].Root, clients[0].Image));
        Assert.Equal(["floor-1", "\"kiosk\""], clients[0].Tags);
        Assert.Equal(("desk-2", null, null, "nfs"), (clients[1].Name, clients[1].Board, clients[1].Address, clients[1].Root));
    }

    [Fact]
    public void Hosts_of_piserver_get_names_that_are_possible()
    {
        IReadOnlyList<ClientRequest> clients = ClientFile.Read(
            """
            [ { "mac": "b8:27:eb:07:bc:c6", "description": "Front Desk (left)", "distro": "Raspbian" },
              { "mac": "b8:27:eb:07:bc:c7", "description": "front desk left", "distro": "" },
              { "mac": "b8:27:eb:07:bc:c8", "description": "", "distro": "Raspbian" } ]
            """, s_defaults);
        Assert.Equal(["front-desk-left", "front-desk-left-2", "pi-07bcc8"], clients.Select(static c => c.Name));
        Assert.Equal(["b8:27:eb:07:bc:c6", "b8:27:eb:07:bc:c7", "b8:27:eb:07:bc:c8"], clients.Select(static c => c.Board));
        Assert.All(clients, static c => Assert.Equal("pi", c.Image));
    }

    [Theory]
    [InlineData("", "It is empty")]
    [InlineData("name,colour\na,b\n", "Line 1: there is no column 'colour'")]
    [InlineData("board\n8b07bcc6\n", "Line 1: the column 'name' is missing")]
    [InlineData("name,board\n\nlobby\n", "Line 3 has 1 columns, the titles are 2")]
    [InlineData("name\nFront Desk\n", "Line 2: 'Front Desk' is no client name")]
    [InlineData("name\nlobby\nlobby\n", "Line 3: there are two clients named 'lobby'")]
    [InlineData("name\n\"lobby\n", "Line 2: a quote is not closed")]
    [InlineData("[ { \"mac\": \"nonsense\" } ]", "has no MAC address")]
    [InlineData("[ 5 ]", "has no MAC address")]
    [InlineData("[ {", "It is no hosts.json of piserver")]
    public void Mistakes_are_told_with_their_line(string text, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => ClientFile.Read(text, s_defaults)).Message, StringComparison.Ordinal);
}
