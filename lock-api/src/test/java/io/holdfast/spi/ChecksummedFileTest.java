package io.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read from disk, and everything that must not pass for it. */
final class ChecksummedFileTest {

  private static final byte[] BODY = "some settings".getBytes(StandardCharsets.UTF_8);

  private Path path = Path.of("");
  private ChecksummedFile file;

  @BeforeEach
  void write(@TempDir Path folder) throws IOException {
    path = folder.resolve("new/file");
    file = new ChecksummedFile(path, "test 1", 1_000);
    assertThat(file.read()).isEmpty();
    file.replace(BODY);
  }

  @Test
  void read_whatWasWritten_isTheSame() throws IOException {
    assertThat(file.read().orElseThrow()).isEqualTo(BODY);
    assertThat(Files.getPosixFilePermissions(path))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));

    file.replace(new byte[0]);

    assertThat(file.read().orElseThrow()).isEmpty();
    try (Stream<Path> left = Files.list(path.resolveSibling(""))) {
      assertThat(left).containsExactly(path);
    }
  }

  @Test
  void read_cutShortLongerOrAltered_isRefused() throws IOException {
    byte[] whole = Files.readAllBytes(path);
    for (int i = 0; i < whole.length; i++) {
      refused(Arrays.copyOf(whole, i));
      byte[] altered = whole.clone();
      altered[i] ^= 1;
      refused(altered);
    }
    refused(Arrays.copyOf(whole, whole.length + 1));
    refused(new byte[2_000]);
  }

  @Test
  void read_ofAnotherFormat_isRefusedSayingSo() {
    ChecksummedFile later = new ChecksummedFile(path, "test 2", 1_000);

    assertThatThrownBy(later::read).hasMessageContaining("format");
  }

  private void refused(byte[] content) throws IOException {
    Files.write(path, content);
    assertThatThrownBy(() -> file.read()).isInstanceOf(IOException.class);
  }
}
