/*
 * generator arp|frame|record HOST_SIDE OVERLAY DEVICE FIRST COUNT GAP VTEP SELF FOLDER: makes COUNT misses, or changes of records, GAP
 * nanoseconds apart, and reads from the kernel's own notifications when the entries that answer them stand.
 *
 *   arp     L3 misses: the container SELF asks by ARP for FIRST, FIRST + 1 …; both entries are to come
 *   frame   L2 misses: it sends a frame to the MAC of each, which nobody knows; the forwarding entry is to come
 *   record  rewrites FOLDER/fdb/<mac of each> with VTEP, by rename; the forwarding entry is to lead there
 *
 * HOST_SIDE and OVERLAY are paths of network namespaces: the container's, with its interface eth0, and the one of DEVICE. One process, one
 * clock; it does not sleep, so that a wake-up of its own is not measured. Prints `sent misses replies elapsed`, then for each that was
 * answered the nanoseconds from its sending until its entries stood. Gives up two seconds after the last entry came.
 */
#define _GNU_SOURCE
#include "wire.h"
#include <fcntl.h>
#include <sched.h>
#include <time.h>

#define BATCH 64
#define DATAGRAM_SIZE 4096
#define FRAME_SIZE 60
#define NEIGHBOUR 1
#define FORWARDING 2
#define PATIENCE 2000000000ll

/* IEEE 802's ethertype for local experiments. */
#define ETHERTYPE_LOCAL 0x88b5

static unsigned device;
static ip_t first, vtep, self;
static uint32_t count;
static int wanted;
static int64_t *started, *finished;
static uint8_t *seen;
static uint32_t sent, done;
static uint64_t misses;
static int64_t last;

static int64_t now(void) {
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000000ll + time.tv_nsec;
}

static void enter(const char *path) {
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	check(fd >= 0 && setns(fd, CLONE_NEWNET) == 0, path);
	close(fd);
}

static void stands(ip_t ip, int which, int64_t time) {
	uint32_t index = ip - first;
	if (index >= sent || seen[index] == wanted) return;
	last = time;
	seen[index] |= which;
	if (seen[index] != wanted) return;
	finished[index] = time;
	done += 1;
}

/* Counts an entry only when it is the one that the records want. */
static void take(const struct nlmsghdr *message, int64_t time) {
	struct entry entry;
	uint8_t mac[MAC_LENGTH];
	if (!read_entry(message, device, &entry)) return;
	if (message->nlmsg_type == RTM_GETNEIGH) misses += 1;
	if (message->nlmsg_type != RTM_NEWNEIGH || entry.destination == NULL || entry.link_address == NULL) return;
	ip_t destination = read_ip(entry.destination);
	if (entry.header->ndm_family == AF_INET && entry.header->ndm_state & NUD_PERMANENT) {
		mac_of_ip(destination, mac);
		if (memcmp(mac, entry.link_address, MAC_LENGTH) == 0) stands(destination, wanted & NEIGHBOUR, time);
	}
	if (entry.header->ndm_family == AF_BRIDGE && destination == vtep) {
		ip_t ip = read_ip(entry.link_address + 2);
		stands(ip, FORWARDING, time);
	}
}

/* Answers whether there was anything. */
static int drain(int events) {
	static uint8_t datagrams[BATCH][DATAGRAM_SIZE];
	struct mmsghdr received[BATCH];
	struct iovec parts[BATCH];
	for (int index = 0; index < BATCH; index += 1) {
		parts[index] = (struct iovec){.iov_base = datagrams[index], .iov_len = DATAGRAM_SIZE};
		received[index].msg_hdr = (struct msghdr){.msg_iov = &parts[index], .msg_iovlen = 1};
	}
	int length = recvmmsg(events, received, BATCH, MSG_DONTWAIT, NULL);
	check(length >= 0 || errno == EAGAIN || errno == EINTR, "the generator's own notifications");
	int64_t time = now();
	for (int index = 0; index < length; index += 1) take((struct nlmsghdr *)datagrams[index], time);
	return length > 0;
}

static void fill(uint8_t *frame, int arp, ip_t ip) {
	static const uint8_t unknown[MAC_LENGTH];
	uint8_t mac[MAC_LENGTH];
	memset(frame, 0, FRAME_SIZE);
	mac_of_ip(self, mac);
	if (arp) {
		arp_frame(frame, 1, mac, self, unknown, ip);
		return;
	}
	mac_of_ip(ip, frame);
	memcpy(frame + 6, mac, MAC_LENGTH);
	frame[12] = ETHERTYPE_LOCAL >> 8;
	frame[13] = ETHERTYPE_LOCAL & 0xff;
}

/* Sends the next `size` frames. */
static void send_frames(int packets, int arp, unsigned size) {
	static uint8_t frames[BATCH][FRAME_SIZE];
	struct mmsghdr messages[BATCH];
	struct iovec parts[BATCH];
	for (unsigned index = 0; index < size; index += 1) {
		fill(frames[index], arp, first + sent + index);
		parts[index] = (struct iovec){.iov_base = frames[index], .iov_len = FRAME_SIZE};
		messages[index].msg_hdr = (struct msghdr){.msg_iov = &parts[index], .msg_iovlen = 1};
	}
	int64_t time = now();
	for (unsigned index = 0; index < size; index += 1) started[sent + index] = time;
	sent += size;
	for (unsigned gone = 0; gone < size;) {
		int some = sendmmsg(packets, messages + gone, size - gone, 0);
		check(some > 0, "send frames");
		gone += (unsigned)some;
	}
}

/* Rewrites the next record. */
static void change_record(int folder) {
	char name[18], temporary[20], text[INET_ADDRSTRLEN + 1];
	uint8_t mac[MAC_LENGTH];
	struct in_addr address = {.s_addr = htonl(vtep)};
	mac_of_ip(first + sent, mac);
	snprintf(name, sizeof name, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	snprintf(temporary, sizeof temporary, ".%s", name);
	inet_ntop(AF_INET, &address, text, sizeof text);
	strcat(text, "\n");
	int file = openat(folder, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	check(file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text), temporary);
	close(file);
	started[sent] = now();
	sent += 1;
	check(renameat(folder, temporary, folder, name) == 0, name);
}

static unsigned count_replies(int packets) {
	uint8_t frame[FRAME_SIZE];
	unsigned replies = 0;
	while (recv(packets, frame, sizeof frame, MSG_DONTWAIT) >= ARP_FRAME) replies += frame[21] == 2;
	return replies;
}

int main(int argc, char **argv) {
	if (argc != 11) {
		fprintf(stderr, "usage: generator arp|frame|record CONTAINER OVERLAY DEVICE FIRST COUNT GAP VTEP SELF FOLDER\n");
		return 1;
	}
	int arp = strcmp(argv[1], "arp") == 0, record = strcmp(argv[1], "record") == 0, ignore = 1, buffer = 64 << 20;
	enter(argv[2]);
	int packets = open_packets(index_of("eth0"), ETH_P_ARP);
	check(setsockopt(packets, SOL_PACKET, PACKET_IGNORE_OUTGOING, &ignore, sizeof ignore) == 0, "ignore own frames");
	check(setsockopt(packets, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer) == 0, "SO_RCVBUFFORCE");
	enter(argv[3]);
	device = index_of(argv[4]);
	first = ip_of(argv[5]);
	count = (uint32_t)strtoul(argv[6], NULL, 10);
	int64_t gap = strtoll(argv[7], NULL, 10);
	vtep = ip_of(argv[8]);
	self = ip_of(argv[9]);
	int folder = record ? open(argv[10], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	check(!record || folder >= 0, argv[10]);
	wanted = arp ? NEIGHBOUR | FORWARDING : FORWARDING;
	started = calloc(count, sizeof *started);
	finished = calloc(count, sizeof *finished);
	seen = calloc(count, 1);
	check(started != NULL && finished != NULL && seen != NULL, "memory");
	int events = open_events(512 << 20);
	int64_t begin = now(), next = begin;
	last = begin;
	while (done < count) {
		int64_t time = now();
		if (sent < count && time >= next) {
			if (record) change_record(folder);
			else send_frames(packets, arp, gap > 0 ? 1 : count - sent < BATCH ? count - sent : BATCH);
			next = started[sent - 1] + gap;
			last = now();
			if (gap == 0) continue;
		}
		if (!drain(events) && sent == count && now() - last > PATIENCE) break;
	}
	printf("%u %lu %u %ld\n", sent, misses, count_replies(packets), last - begin);
	for (uint32_t index = 0; index < count; index += 1)
		if (seen[index] == wanted) printf("%ld\n", finished[index] - started[index]);
	return 0;
}
