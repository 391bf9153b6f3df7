package io.holdfast.config;

import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Set;
import java.util.TreeMap;

/**
 * A snapshot as a file has it: group, revision, time, then name, revision and stored form of each
 * setting. Secrets are in it only as they are encrypted in the cluster.
 */
final class SnapshotCodec {

  static final String FORMAT = "holdfast-config 1";

  /** Twice what a group may have, for what stands beside the values. */
  static final int LARGEST = 2 * ConfigStore.LARGEST_GROUP;

  private static final int LARGEST_ENTRY = 2 * ConfigEdit.LARGEST_VALUE;

  private SnapshotCodec() {}

  static byte[] encode(ConfigSnapshot snapshot) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(snapshot.group());
      out.writeLong(snapshot.revision().value());
      out.writeLong(snapshot.asOf().toEpochMilli());
      out.writeInt(snapshot.settings().size());
      for (ConfigVersion version : snapshot.settings().values()) {
        byte[] payload = VersionCodec.encode(version, "").bytes();
        out.writeUTF(version.key().name());
        out.writeLong(version.revision().value());
        out.writeInt(payload.length);
        out.write(payload);
      }
    }
    return bytes.toByteArray();
  }

  /** Reads it, as a snapshot from {@link ConfigFreshness#DISK}. */
  static ConfigSnapshot decode(String group, byte[] file, KeyRing keys) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(file))) {
      if (!in.readUTF().equals(group)) {
        throw new IOException("it is of another group");
      }
      Revision revision = new Revision(in.readLong());
      Instant asOf = Instant.ofEpochMilli(in.readLong());
      int count = in.readInt();
      TreeMap<String, ConfigVersion> settings = new TreeMap<>();
      for (int i = 0; i < count; i++) {
        ConfigKey key = new ConfigKey(group, in.readUTF());
        settings.put(key.name(), version(key, in, keys));
      }
      return new ConfigSnapshot(group, revision, ConfigFreshness.DISK, settings, Set.of(), asOf);
    } catch (IllegalArgumentException e) {
      throw new IOException("it holds what is no setting", e);
    }
  }

  private static ConfigVersion version(ConfigKey key, DataInputStream in, KeyRing keys)
      throws IOException {
    Revision revision = new Revision(in.readLong());
    int length = in.readInt();
    if (length < 0 || length > LARGEST_ENTRY) {
      throw new IOException("it holds a setting of " + length + " bytes");
    }
    byte[] payload = new byte[length];
    in.readFully(payload);
    return VersionCodec.decode(key, Payload.of(payload), revision, keys)
        .map(VersionCodec.Stored::version)
        .orElseThrow(() -> new IOException("it holds what is no setting"));
  }
}
