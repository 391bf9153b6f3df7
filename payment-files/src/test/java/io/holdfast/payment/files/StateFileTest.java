package io.holdfast.payment.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.payment.files.Outcomes.Outcome;
import io.holdfast.payment.files.StateFile.Previous.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a state file gives back, whatever the end of the process did to its last line. */
final class StateFileTest {

  private static final Reply.Refused WHY =
      new Reply.Refused("no funds", "50 % of it,\nor \u20ac 1");

  private Path path;

  @BeforeEach
  void write(@TempDir Path folder) throws IOException {
    path = folder.resolve("state");
    try (StateFile state = StateFile.open(path)) {
      state.begin("M 1", "hash", 4);
      state.add(0, Outcome.PAID);
      state.add(1, WHY);
      state.begin("M2", "other", 1);
      state.add(0, Outcome.PAID_BEFORE);
      state.end();
      state.begin("M 1", "hash", 4);
      state.add(2, Outcome.PAID_BEFORE);
    }
  }

  private record Seen(Kind kind, Outcomes outcomes) {}

  private Seen seen(String message, String hash) throws IOException {
    try (StateFile state = StateFile.open(path)) {
      Outcomes outcomes = new Outcomes(4);
      return new Seen(state.previous(message, hash, outcomes).kind(), outcomes);
    }
  }

  @Test
  void messages_areKeptApart() throws IOException {
    Seen seen = seen("M 1", "hash");

    assertThat(seen.kind).isEqualTo(Kind.UNFINISHED);
    assertThat(seen.outcomes.get(0)).isEqualTo(Outcome.PAID);
    assertThat(seen.outcomes.refusal(1)).isEqualTo(WHY);
    assertThat(seen.outcomes.get(2)).isEqualTo(Outcome.PAID_BEFORE);
    assertThat(seen.outcomes.get(3)).isEqualTo(Outcome.NOT_SENT);
    assertThat(seen("M2", "other").kind).isEqualTo(Kind.FINISHED);
    assertThat(seen("M 1", "changed").kind).isEqualTo(Kind.OTHER_FILE);
    assertThat(seen("M3", "hash").kind).isEqualTo(Kind.NONE);
  }

  @Test
  void lastLineTornAnywhere_isCutOff_andWritingGoesOn() throws IOException {
    byte[] whole = Files.readAllBytes(path);
    int lastLine =
        new String(whole, 0, whole.length - 1, java.nio.charset.StandardCharsets.US_ASCII)
                .lastIndexOf('\n')
            + 1;
    for (int length = lastLine; length < whole.length; length++) {
      Files.write(path, Arrays.copyOf(whole, length));
      Seen seen = seen("M 1", "hash");
      assertThat(seen.outcomes.get(1)).isEqualTo(Outcome.REFUSED);
      assertThat(seen.outcomes.get(2)).as("%d bytes", length).isEqualTo(Outcome.NOT_SENT);
      assertThat(Files.size(path)).isEqualTo(lastLine);
    }
    try (StateFile state = StateFile.open(path)) {
      state.add(3, Outcome.PAID);
    }
    assertThat(seen("M 1", "hash").outcomes.get(3)).isEqualTo(Outcome.PAID);
  }

  @Test
  void lineChangedInTheMiddle_isNotTakenForTorn() throws IOException {
    Files.writeString(path, Files.readString(path).replaceFirst("paid 0", "paid 3"));

    assertThatThrownBy(() -> StateFile.open(path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("state:2: is not as it was written");
  }
}
