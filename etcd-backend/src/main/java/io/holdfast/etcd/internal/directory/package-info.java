/**
 * Listings of directories, and views that follow them. Private to this module.
 *
 * <p>Read {@link io.holdfast.etcd.internal.directory.Directories} first, then {@link
 * io.holdfast.etcd.internal.directory.DirectoryView}, which shows a directory again after each
 * change.
 */
@NullMarked
package io.holdfast.etcd.internal.directory;

import org.jspecify.annotations.NullMarked;
