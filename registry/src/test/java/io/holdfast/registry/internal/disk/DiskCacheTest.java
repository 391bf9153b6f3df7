package io.holdfast.registry.internal.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of a cache. */
final class DiskCacheTest {

  private final Path folder;

  DiskCacheTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static ServiceSnapshot snapshot(String service, long revision) {
    return new ServiceSnapshot(
        service,
        new Revision(revision),
        Freshness.LIVE,
        List.of(
            new RegisteredInstance(ServiceInstance.of(service, "a", "h"), new Revision(revision))),
        Instant.ofEpochMilli(revision));
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void read_nothingThere_isEmpty() {
    assertThat(new DiskCache(folder.resolve("missing")).read("s")).isEmpty();
  }

  @Test
  void write_twice_keepsTheLaterAndNothingElse() throws IOException {
    DiskCache cache = new DiskCache(folder);
    cache.write(snapshot("s", 1));
    cache.write(snapshot("s", 2));

    assertThat(cache.read("s").orElseThrow().revision().value()).isEqualTo(2);
    assertThat(files()).containsExactly("s.snapshot");
  }

  @Test
  void write_namesThatDifferInCase_areKeptApartWhateverTheFileSystem() throws IOException {
    DiskCache cache = new DiskCache(folder);
    cache.write(snapshot("Payment", 1));
    cache.write(snapshot("payment", 2));

    assertThat(files()).containsExactly("+payment.snapshot", "payment.snapshot");
    assertThat(cache.read("Payment").orElseThrow().revision().value()).isEqualTo(1);
  }

  @Test
  void read_corruptFile_isEmptyAndTheNextWriteHeals() throws IOException {
    DiskCache cache = new DiskCache(folder);
    cache.write(snapshot("s", 1));
    Files.writeString(folder.resolve("s.snapshot"), "holdfast-snapshot 1 2 00000000\n{}");

    assertThat(cache.read("s")).isEmpty();
    cache.write(snapshot("s", 3));
    assertThat(cache.read("s")).isPresent();
  }

  @Test
  void write_folderCannotBeMade_doesNoHarm() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "in the way");

    new DiskCache(file).write(snapshot("s", 1));

    assertThat(new DiskCache(file).read("s")).isEmpty();
    assertThat(files()).containsExactly("file");
  }
}
