package io.holdfast.loadbalancer.recording;

import io.holdfast.loadbalancer.RequestOutcome;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.ServiceInstance;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.OptionalLong;

/**
 * What happened to one balancer for a while, to be kept and to be replayed. Immutable.
 *
 * <p>Of an instance it holds what a policy goes by: id, epoch, status, weight, zone. Hosts, ports,
 * tags and metadata are not in it, nor are keys: of an affinity it holds the hash.
 *
 * <p><b>File format</b>, version 1. Numbers are unsigned LEB128 unless another form is said, times
 * are microseconds.
 *
 * <pre>
 * "HFLB" 0x01
 * service: text; dropped: number
 * snapshots: count, then each
 *     time since the one before; count of instances, then each
 *         id: text; epoch; status: text; weight; zone: text
 * requests, in the order of their beginnings: count, then each
 *     time since the one before; id: text; outcome: text
 *     1 byte: 1 if it had an affinity, else 0; latency
 *     8 bytes big-endian of the affinity's hash, if it had one
 * CRC-32 of all before it: 4 bytes big-endian
 * </pre>
 *
 * <p>Texts occur once: each is written as the number of the text, counted from 0 in the order of
 * first occurrence, and at its first occurrence followed by length and bytes.
 *
 * @param service whose
 * @param dropped how many outcomes were told but not kept, because there was no room
 * @param snapshots in their order; the first was in use when the first request began
 * @param requests in the order of their beginnings
 */
public record Recording(
    String service, long dropped, List<Shown> snapshots, List<Request> requests) {

  /**
   * A snapshot came into use.
   *
   * @param micros when, since the recording's start
   */
  public record Shown(long micros, List<Seen> instances) {
    public Shown {
      instances = List.copyOf(instances);
    }
  }

  /**
   * An instance.
   *
   * @param instance with its id, status, weight and zone; nothing else of it is true
   * @param epoch which registration
   */
  public record Seen(ServiceInstance instance, long epoch) {

    /** Some valid host, where the real one is not kept. */
    private static final String HOST = "recorded";

    static Seen of(
        String service, String id, long epoch, InstanceStatus status, int weight, String zone) {
      return new Seen(
          ServiceInstance.of(service, id, HOST)
              .withStatus(status)
              .withWeight(weight)
              .withZone(zone),
          epoch);
    }
  }

  /**
   * A request that ended.
   *
   * @param micros when it began, since the recording's start
   * @param instance the id of the one that was chosen for it
   * @param latencyMicros how long it took
   * @param affinity the hash of its affinity
   */
  public record Request(
      long micros,
      String instance,
      RequestOutcome outcome,
      long latencyMicros,
      OptionalLong affinity) {}

  public Recording {
    snapshots = List.copyOf(snapshots);
    requests = List.copyOf(requests);
  }

  /** Writes it. The stream stays open. */
  public void write(OutputStream out) throws IOException {
    new RecordingWriter(out).write(this);
  }

  /**
   * Reads one, to the end of the stream.
   *
   * @throws IOException if that fails, or what is read is no whole recording
   */
  public static Recording read(InputStream in) throws IOException {
    return new RecordingReader(in.readAllBytes()).read();
  }
}
