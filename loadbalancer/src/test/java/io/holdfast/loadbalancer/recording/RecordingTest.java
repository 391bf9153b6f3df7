package io.holdfast.loadbalancer.recording;

import static io.holdfast.loadbalancer.Snapshots.instance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.loadbalancer.Affinity;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.Pick;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.loadbalancer.RandomSource;
import io.holdfast.loadbalancer.RequestOutcome;
import io.holdfast.loadbalancer.Snapshots;
import io.holdfast.loadbalancer.VirtualTime;
import io.holdfast.registry.InstanceStatus;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class RecordingTest {

  private final VirtualTime time = new VirtualTime();
  private final Snapshots snapshots =
      Snapshots.of(
          instance("fast").withZone("z1"), instance("slow").withWeight(50), instance("third"));

  /** A minute of round robin over two who are quick and one who fails after 900 ms. */
  private Recording recorded(int requests, int room) {
    LoadBalancer balancer =
        new LoadBalancer(snapshots, Policy.roundRobin(), time, RandomSource.seeded(2));
    BalancerRecorder recorder = BalancerRecorder.start(balancer, room);
    for (int i = 0; i < requests; i++) {
      if (i == requests / 2) {
        snapshots.show(instance("fast"), instance("slow").withStatus(InstanceStatus.UP));
      }
      Pick pick =
          i % 2 == 0
              ? balancer.pick(Affinity.of("k" + i)).orElseThrow()
              : balancer.pick().orElseThrow();
      boolean slow = pick.instance().id().equals("slow");
      time.pass(Duration.ofMillis(slow ? 900 : 5));
      pick.end(slow ? RequestOutcome.FAILURE : RequestOutcome.SUCCESS);
    }
    recorder.close();
    balancer.pick().orElseThrow().success();
    return recorder.recording();
  }

  private static byte[] bytes(Recording recording) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    recording.write(out);
    return out.toByteArray();
  }

  private static Recording read(byte[] bytes) throws IOException {
    return Recording.read(new ByteArrayInputStream(bytes));
  }

  @Test
  void recorder_untilClosed_keepsSnapshotsAndOutcomes() {
    Recording recording = recorded(300, 1_000);

    assertThat(recording.service()).isEqualTo("s");
    assertThat(recording.dropped()).isZero();
    assertThat(recording.requests()).hasSize(300);
    assertThat(recording.snapshots()).hasSize(2);
    assertThat(recording.snapshots().get(1).instances()).hasSize(2);
    Recording.Request slow =
        recording.requests().stream()
            .filter(request -> request.instance().equals("slow"))
            .findFirst()
            .orElseThrow();
    assertThat(slow.outcome()).isEqualTo(RequestOutcome.FAILURE);
    assertThat(slow.latencyMicros()).isEqualTo(900_000);
    assertThat(recording.requests().get(0).affinity())
        .isEqualTo(OptionalLong.of(Affinity.of("k0").hash()));
    assertThat(recording.requests().get(1).affinity()).isEmpty();
  }

  @Test
  void recorder_full_dropsTheOldestAndSaysHowMany() {
    Recording recording = recorded(300, 100);

    assertThat(recording.requests()).hasSize(100);
    assertThat(recording.dropped()).isEqualTo(200);
  }

  @Test
  void file_writtenAndRead_isTheSame() throws IOException {
    Recording recording = recorded(300, 1_000);
    byte[] bytes = bytes(recording);

    Recording back = read(bytes);

    assertThat(back).isEqualTo(recording);
    Recording.Seen slow = back.snapshots().get(0).instances().get(1);
    assertThat(slow.instance().id()).isEqualTo("slow");
    assertThat(slow.instance().weight()).isEqualTo(50);
    assertThat(slow.epoch()).isEqualTo(1);
    assertThat(back.snapshots().get(0).instances().get(0).instance().zone()).isEqualTo("z1");
    assertThat(bytes(back)).isEqualTo(bytes);
    assertThat(bytes.length).isLessThan(300 * 16 + 200);
  }

  @Test
  void file_cutOffOrDamagedAnywhere_isRefused() throws IOException {
    byte[] bytes = bytes(recorded(20, 100));
    for (int length = 0; length < bytes.length; length++) {
      byte[] part = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> read(part)).isInstanceOf(IOException.class);
    }
    for (int at = 0; at < bytes.length; at++) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 0x10;
      assertThatThrownBy(() -> read(damaged)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void replay_samePolicy_isMuchTheSame() {
    Comparison comparison = Replay.of(recorded(1_000, 10_000), Policy.roundRobin(), 1);

    assertThat(comparison.replayed().requests().get("slow"))
        .isCloseTo(
            comparison.recorded().requests().get("slow"),
            org.assertj.core.api.Assertions.within(20L));
    assertThat(comparison.replayed().guessed()).isZero();
    assertThat(comparison.replayed().unplaced()).isZero();
  }

  @Test
  void replay_peakEwma_turnsAwayFromTheBadOne() {
    Recording recording = recorded(1_000, 10_000);

    Comparison comparison = Replay.of(recording, Policy.peakEwma(), 1);

    assertThat(comparison.recorded().successRate()).isLessThan(0.7);
    assertThat(comparison.replayed().successRate()).isGreaterThan(0.9);
    assertThat(comparison.replayed().mean()).isLessThan(comparison.recorded().mean());
    assertThat(comparison).isEqualTo(Replay.of(recording, Policy.peakEwma(), 1));
    assertThat(comparison.toString()).contains("peak-ewma").contains("p99").contains("slow");
  }

  @Test
  void replay_instanceWithoutHistory_isGuessedAndCounted() {
    Recording recording = recorded(100, 1_000);
    Recording onlyFast =
        new Recording(
            recording.service(),
            0,
            recording.snapshots(),
            recording.requests().stream()
                .filter(request -> request.instance().equals("fast"))
                .toList());

    Comparison comparison = Replay.of(onlyFast, Policy.random(), 1);

    assertThat(comparison.replayed().guessed()).isPositive();
    assertThat(comparison.replayed().requests()).containsKeys("fast", "slow");
  }

  @Test
  void replay_nobodyUp_countsRequestsWithoutInstance() {
    Recording recording = recorded(10, 100);
    Recording empty =
        new Recording("s", 0, List.of(new Recording.Shown(0, List.of())), recording.requests());

    assertThat(Replay.of(empty, Policy.random(), 1).replayed().unplaced()).isEqualTo(10);
  }
}
