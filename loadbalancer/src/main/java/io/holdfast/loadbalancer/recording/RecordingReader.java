package io.holdfast.loadbalancer.recording;

import io.holdfast.loadbalancer.RequestOutcome;
import io.holdfast.registry.InstanceStatus;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.zip.CRC32;

/** Reads the format that {@link Recording} describes; all of it or nothing. For one recording. */
final class RecordingReader {

  private final byte[] bytes;
  private final ByteBuffer in;
  private final List<String> texts = new ArrayList<>();

  RecordingReader(byte[] bytes) {
    this.bytes = bytes;
    this.in = ByteBuffer.wrap(bytes);
  }

  Recording read() throws IOException {
    check();
    try {
      return body();
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new IOException("a recording of a balancer is not as its format says", e);
    }
  }

  private void check() throws IOException {
    byte[] magic = RecordingWriter.MAGIC;
    if (bytes.length < magic.length + Integer.BYTES
        || !Arrays.equals(bytes, 0, magic.length, magic, 0, magic.length)) {
      throw new IOException("not a recording of a balancer, or of another version");
    }
    int end = bytes.length - Integer.BYTES;
    CRC32 sum = new CRC32();
    sum.update(bytes, 0, end);
    if (in.getInt(end) != (int) sum.getValue()) {
      throw new IOException("a recording of a balancer is cut off or damaged: wrong checksum");
    }
    in.position(magic.length).limit(end);
  }

  private Recording body() {
    String service = text();
    long dropped = number();
    List<Recording.Shown> snapshots = new ArrayList<>();
    long time = 0;
    for (int left = count(); left > 0; left--) {
      time += number();
      List<Recording.Seen> instances = new ArrayList<>();
      for (int more = count(); more > 0; more--) {
        instances.add(instance(service));
      }
      snapshots.add(new Recording.Shown(time, instances));
    }
    List<Recording.Request> requests = new ArrayList<>();
    time = 0;
    for (int left = count(); left > 0; left--) {
      time += number();
      requests.add(request(time));
    }
    return new Recording(service, dropped, snapshots, requests);
  }

  private Recording.Seen instance(String service) {
    return Recording.Seen.of(
        service, text(), number(), InstanceStatus.valueOf(text()), count(), text());
  }

  private Recording.Request request(long time) {
    String instance = text();
    RequestOutcome outcome = RequestOutcome.valueOf(text());
    boolean affinity = in.get() != 0;
    long latency = number();
    return new Recording.Request(
        time,
        instance,
        outcome,
        latency,
        affinity ? OptionalLong.of(in.getLong()) : OptionalLong.empty());
  }

  private String text() {
    int reference = count();
    if (reference == texts.size()) {
      int length = count();
      if (length > in.remaining()) {
        throw new BufferUnderflowException();
      }
      byte[] text = new byte[length];
      in.get(text);
      texts.add(new String(text, StandardCharsets.UTF_8));
    }
    return texts.get(reference);
  }

  private int count() {
    return Math.toIntExact(Math.min(number(), Integer.MAX_VALUE));
  }

  private long number() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number has no end");
  }
}
