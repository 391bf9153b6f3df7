package io.holdfast.payment.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was checked is what is paid. */
final class PinnedFileTest {

  private Path path;

  @BeforeEach
  void keep(@TempDir Path folder) {
    path = folder.resolve("file");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 10_000_000})
  void readTwice_isTheSame(int size) throws IOException {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    Files.write(path, bytes);
    try (PinnedFile file = PinnedFile.open(path)) {
      assertThat(all(file)).isEqualTo(bytes);
      String hash = file.hash();
      assertThat(all(file)).isEqualTo(bytes);
      assertThat(file.hash()).isEqualTo(hash);
    }
  }

  private static byte[] all(PinnedFile file) throws IOException {
    try (InputStream in = file.read()) {
      return in.readAllBytes();
    }
  }

  @Test
  void changedGrownOrShortened_isNotReadASecondTime() throws IOException {
    byte[] bytes = new byte[200_000];
    Files.write(path, bytes);
    try (PinnedFile file = PinnedFile.open(path)) {
      all(file);
      bytes[150_000] = 1;
      Files.write(path, bytes);
      assertThatThrownBy(() -> all(file)).hasMessageContaining("changed after it was checked");
      bytes[150_000] = 0;
      Files.write(path, bytes);
      assertThat(all(file)).hasSize(200_000);
      Files.write(path, new byte[] {1}, StandardOpenOption.APPEND);
      assertThatThrownBy(() -> all(file)).isInstanceOf(IOException.class);
      Files.write(path, new byte[131_072]);
      assertThatThrownBy(() -> all(file)).hasMessageContaining("became shorter");
    }
  }
}
