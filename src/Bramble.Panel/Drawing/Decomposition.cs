using System.Text;

namespace Bramble.Panel.Drawing;

/// <summary>What to draw for a character that the font lacks: the letter below the accents, or a look-alike.</summary>
internal static partial class Decomposition
{
    /// <summary>The character to draw in its place; null where there is none.</summary>
    public static Rune? Of(Rune character)
    {
        foreach ((int first, string letters) in s_letters)
        {
            int index = character.Value - first;
            if ((uint)index < (uint)letters.Length && letters[index] != '.')
            {
                return new Rune(letters[index]);
            }
        }

        // Full-width forms of East Asian text are ASCII, moved.
        if (character.Value is >= 0xFF01 and <= 0xFF5E)
        {
            return new Rune((char)(character.Value - 0xFF01 + '!'));
        }

        return LookAlike(character.Value) is var like and not '\0' ? new Rune(like) : null;
    }

    private static char LookAlike(int character) => character switch
    {
        'ẞ' => 'ß',
        'ŋ' => 'n',
        'Ŋ' => 'N',
        'ƀ' or 'Ƃ' or 'ƃ' => 'b',
        'ɵ' or 'ɔ' => 'o',
        'ə' or 'ǝ' => 'e',
        'Ə' or 'Ɛ' => 'E',
        'ɓ' => 'b',
        'ɗ' or 'ɖ' => 'd',
        'ƙ' => 'k',
        'ʼ' or 'ʻ' or '\u2032' => '\'',
        '\u201F' or '\u2033' => '"',
        '\u2212' or '\u2043' => '-',
        '\u2044' or '\u2215' => '/',
        '\u2022' or '\u2219' => '·',
        '\u3000' or '\t' => ' ',
        _ => '\0',
    };
}
