package io.holdfast.loadbalancer.recording;

import io.holdfast.registry.ServiceInstance;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;

/** Writes the format that {@link Recording} describes. For one recording. */
final class RecordingWriter {

  static final byte[] MAGIC = {'H', 'F', 'L', 'B', 1};

  private final OutputStream out;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final Map<String, Integer> texts = new HashMap<>();

  RecordingWriter(OutputStream out) {
    this.out = out;
  }

  void write(Recording recording) throws IOException {
    body.writeBytes(MAGIC);
    text(recording.service());
    number(recording.dropped());
    number(recording.snapshots().size());
    long time = 0;
    for (Recording.Shown shown : recording.snapshots()) {
      number(shown.micros() - time);
      time = shown.micros();
      number(shown.instances().size());
      shown.instances().forEach(this::instance);
    }
    number(recording.requests().size());
    time = 0;
    for (Recording.Request request : recording.requests()) {
      number(request.micros() - time);
      time = request.micros();
      request(request);
    }
    CRC32 sum = new CRC32();
    sum.update(body.toByteArray());
    body.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt((int) sum.getValue()).array());
    body.writeTo(out);
  }

  private void instance(Recording.Seen seen) {
    ServiceInstance instance = seen.instance();
    text(instance.id());
    number(seen.epoch());
    text(instance.status().name());
    number(instance.weight());
    text(instance.zone());
  }

  private void request(Recording.Request request) {
    text(request.instance());
    text(request.outcome().name());
    body.write(request.affinity().isPresent() ? 1 : 0);
    number(request.latencyMicros());
    if (request.affinity().isPresent()) {
      long hash = request.affinity().getAsLong();
      body.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(hash).array());
    }
  }

  private void text(String text) {
    Integer known = texts.get(text);
    if (known != null) {
      number(known);
      return;
    }
    number(texts.size());
    texts.put(text, texts.size());
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    number(bytes.length);
    body.writeBytes(bytes);
  }

  private void number(long value) {
    long left = value;
    while ((left & ~0x7FL) != 0) {
      body.write((int) (left & 0x7F) | 0x80);
      left >>>= 7;
    }
    body.write((int) left);
  }
}
