package io.holdfast.registry.internal.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.StatusOverride;
import io.holdfast.registry.internal.format.InstanceJson.MalformedException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The form of a snapshot on disk, and everything that must not pass for one. */
final class SnapshotFileTest {

  private static final StatusOverride OVERRIDE =
      new StatusOverride(
          InstanceStatus.OUT_OF_SERVICE, "ann", "disk swap", Instant.ofEpochMilli(1_700_000_000));
  private static final ServiceSnapshot SNAPSHOT =
      new ServiceSnapshot(
          "s",
          new Revision(42),
          Freshness.LIVE,
          List.of(
              new RegisteredInstance(ServiceInstance.http("s", "a", "h", 80), new Revision(7)),
              RegisteredInstance.of(
                  ServiceInstance.http("s", "b", "h", 81), new Revision(9), Optional.of(OVERRIDE))),
          Instant.ofEpochMilli(1_800_000_000_123L));

  @Test
  void decode_whatWasEncoded_isTheSameFromDisk() throws MalformedException {
    ServiceSnapshot read = SnapshotFile.decode("s", SnapshotFile.encode(SNAPSHOT));

    assertThat(read).isEqualTo(SNAPSHOT.withFreshness(Freshness.DISK));
    assertThat(read.find("b").orElseThrow().ownStatus()).isEqualTo(InstanceStatus.UP);
    assertThat(read.up()).extracting(RegisteredInstance::id).containsExactly("a");
  }

  @Test
  void decode_cutShortAnywhere_isRefused() {
    byte[] file = SnapshotFile.encode(SNAPSHOT);
    for (int length = 0; length < file.length; length++) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThatThrownBy(() -> SnapshotFile.decode("s", cut))
          .as("cut at %d", length)
          .isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void decode_ofAnotherService_isRefusedSayingSo() {
    byte[] file = SnapshotFile.encode(SNAPSHOT);

    assertThatThrownBy(() -> SnapshotFile.decode("t", file)).hasMessageContaining("service");
  }
}
