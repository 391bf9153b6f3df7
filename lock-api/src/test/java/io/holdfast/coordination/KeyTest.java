package io.holdfast.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyTest {

  @Test
  void parent_ofEachLevel_endsAtTheFirstSegment() {
    assertThat(Key.of("a", "b").parent()).isEqualTo(new Key("a"));
    assertThat(new Key("a").hasParent()).isFalse();
    assertThat(Key.absolute("a/b").parent()).isEqualTo(Key.absolute("a"));
    assertThat(Key.absolute("a").hasParent()).isFalse();
    assertThat(Key.absolute("/a/b").parent()).isEqualTo(Key.absolute("/a"));
    assertThat(Key.absolute("/a").hasParent()).isFalse();
    assertThatThrownBy(() -> Key.absolute("/a").parent()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void absolute_withAndWithoutSlash_areDifferentKeysUnderTheNameGiven() {
    assertThat(Key.absolute("a/b").storePath()).isEqualTo("a/b");
    assertThat(Key.absolute("/a").child("b").storePath()).isEqualTo("/a/b");
    assertThat(Key.absolute("a")).isNotEqualTo(Key.absolute("/a"));
    assertThat(Key.absolute("a").isAbsolute()).isTrue();
    assertThat(new Key("a").isAbsolute()).isFalse();
    assertThatThrownBy(() -> new Key("a").storePath()).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "//", "///a", "a/", "/a/", "a//b", "//a//b", "a b", ".", "/.."})
  void key_thatIsNone_isRefused(String path) {
    assertThatThrownBy(() -> new Key(path)).isInstanceOf(IllegalArgumentException.class);
  }
}
