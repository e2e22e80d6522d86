using Bramble.Bus;
using Xunit;

namespace Bramble.Tests.Bus;

public class PasswdFileTests
{
    [Theory]
    [InlineData("root", 0u)]
    [InlineData("bramble", 990u)]
    [InlineData("bram", null)]
    [InlineData("broken", null)]
    [InlineData("short", null)]
    [InlineData("", null)]
    public void Users_are_found_by_their_whole_name(string name, uint? id)
    {
        string[] lines = ["root:x:0:0:root:/root:/bin/bash", "", "# x", "short:x", "broken:x:many:1::/:", "bramble:x:990:990:Bramble boot server:/var/lib/bramble:/usr/sbin/nologin"];
        Assert.Equal(id, PasswdFile.FindUserId(lines, name));
    }
}
