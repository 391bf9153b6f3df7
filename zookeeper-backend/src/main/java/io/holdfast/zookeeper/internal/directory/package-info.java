/**
 * Listings of directories, and watches that follow them. Private to this module.
 *
 * <p>Read {@link io.holdfast.zookeeper.internal.directory.Reader} first, then {@link
 * io.holdfast.zookeeper.internal.directory.DirectoryWatch}, which shows a directory again after
 * each change.
 */
@NullMarked
package io.holdfast.zookeeper.internal.directory;

import org.jspecify.annotations.NullMarked;
