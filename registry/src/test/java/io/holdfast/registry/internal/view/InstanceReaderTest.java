package io.holdfast.registry.internal.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.RegistryFormat;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.StatusOverride;
import io.holdfast.registry.internal.format.HoldfastFormat;
import io.holdfast.registry.internal.publication.InstanceMarkers;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Snapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class InstanceReaderTest {

  private static final RegistryFormat FORMAT = HoldfastFormat.INSTANCE;
  private static final Key DIRECTORY = FORMAT.directory("s");

  private static final List<InstanceStatus> STATUSES = List.of(InstanceStatus.values());

  private final Random random = new Random(5);

  private Payload payload(Key instance, String mark) {
    InstanceStatus status = STATUSES.get(random.nextInt(STATUSES.size()));
    if (random.nextInt(20) == 0) {
      return Payload.utf8("not one of ours");
    }
    return switch (mark) {
      case InstanceMarkers.OVERRIDE ->
          InstanceMarkers.encode(new StatusOverride(status, "operator", "a test", Instant.EPOCH));
      case InstanceMarkers.LEFT ->
          InstanceMarkers.encode(
              new InstanceMarkers.Goodbye(new Revision(random.nextInt(100)), Instant.EPOCH));
      default -> FORMAT.encode(ServiceInstance.of("s", instance.name(), "h").withStatus(status));
    };
  }

  /** Against a reader that knows nothing of before. */
  @Test
  void read_randomChanges_isWhatAFreshReaderReads() {
    InstanceReader reader = new InstanceReader("s", FORMAT);
    Map<Key, Entry> there = new TreeMap<>();
    for (long now = 1; now < 300; now++) {
      for (int change = random.nextInt(4); change >= 0; change--) {
        Key instance = DIRECTORY.child("i" + random.nextInt(8));
        String mark =
            new String[] {"", "", InstanceMarkers.OVERRIDE, InstanceMarkers.LEFT}
                [random.nextInt(4)];
        Key key = DIRECTORY.child(instance.name() + mark);
        Entry before = there.remove(key);
        if (random.nextInt(3) > 0) {
          Revision created =
              before != null && random.nextBoolean() ? before.created() : new Revision(now);
          there.put(
              key,
              new Entry(
                  key, payload(instance, mark), created, new Revision(now), Optional.empty()));
        }
      }
      Snapshot snapshot =
          new Snapshot(DIRECTORY, new Revision(now), new ArrayList<>(there.values()));
      InstanceReader fresh = new InstanceReader("s", FORMAT);

      assertThat(reader.read(snapshot)).isEqualTo(fresh.read(snapshot));
      assertThat(reader.draining()).isEqualTo(fresh.draining());
    }
  }
}
