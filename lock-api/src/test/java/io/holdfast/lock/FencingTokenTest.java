package io.holdfast.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.Revision;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FencingTokenTest {

  private static FencingToken token(int generation, long revision, int handover) {
    return new FencingToken(generation, new Revision(revision), handover);
  }

  private static List<FencingToken> ascending() {
    return List.of(
        FencingToken.NONE,
        token(0, 1, 0),
        token(0, 1, 1),
        token(0, 1, Integer.MAX_VALUE),
        token(0, 0x7fff_ffffL, 0),
        token(0, 0x8000_0000L, 0),
        token(0, 0xffff_ffffL, 7),
        token(0, 0x1_0000_0000L, 0),
        token(0, Long.MAX_VALUE, 0),
        token(1, 0, 0),
        token(1, 5, 5),
        token(Integer.MAX_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE));
  }

  @Test
  void compareTo_parts_countFromTheLeft() {
    assertThat(ascending()).isSortedAccordingTo(FencingToken::compareTo);
  }

  @Test
  void text_sorted_isInTheOrderOfTokens() {
    assertThat(ascending().stream().map(FencingToken::toString)).isSorted();
    assertThat(ascending()).allMatch(token -> token.toString().length() == 36);
  }

  @Test
  void text_random_sortsAsTokensDo() {
    Random random = new Random(7);
    List<FencingToken> tokens = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      tokens.add(
          token(
              random.nextInt(3),
              random.nextLong() >>> (1 + random.nextInt(60)),
              random.nextInt(Integer.MAX_VALUE)));
    }
    Collections.sort(tokens);
    assertThat(tokens.stream().map(FencingToken::toString)).isSorted();
  }

  @Test
  void parse_text_givesTheSameToken() {
    for (FencingToken token : ascending()) {
      assertThat(FencingToken.parse(token.toString())).isEqualTo(token);
      assertThat(FencingToken.fromUuid(token.toUuid())).isEqualTo(token);
    }
  }

  @Test
  void parse_anythingElse_isRefused() {
    for (String text : List.of("", "1", "0-0-0-0-0", "00000000-0000-0000-0000-00000000000G")) {
      assertThatThrownBy(() -> FencingToken.parse(text))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> FencingToken.parse("ffffffff-0000-0000-0000-000000000000"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
