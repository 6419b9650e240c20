/*
 * reference DEVICE BRIDGE RECORDS miss|push: the resolver's job with nothing around it, as the limit of what this machine can do. Run inside
 * the overlay's namespace. RECORDS is a text file, a line `ip mac vtep` each, held in memory. An L3 miss is answered with both entries and
 * an ARP reply on the bridge, an L2 miss with the forwarding entry; with `push` all are written before it is ready. One thread; whatever
 * misses wait are answered together. No ACK is asked for: the kernel then tells of failures only, and those end the program.
 */
#define _GNU_SOURCE
#include "wire.h"
#include <sys/un.h>

#define DATAGRAMS 64
#define DATAGRAM_SIZE 4096
#define REQUEST_SIZE 64
#define PUSH_AT_ONCE 256
#define STAMP 0x6f

struct record {
	ip_t ip;
	ip_t vtep;
	uint8_t mac[MAC_LENGTH];
};

/* Open addressing, at most half full; a slot holds a record's number plus one. */
struct table {
	uint32_t *slots;
	uint32_t mask;
};

static struct record *records;
static uint32_t record_count;
static struct table by_ip, by_mac;
static unsigned device;

static uint32_t hash(const void *key, size_t length) {
	const uint8_t *bytes = key;
	uint32_t value = 2166136261u;
	for (size_t index = 0; index < length; index += 1) value = (value ^ bytes[index]) * 16777619u;
	return value ^ value >> 15;
}

static void insert(struct table *table, const void *key, size_t length, uint32_t number) {
	uint32_t slot = hash(key, length) & table->mask;
	while (table->slots[slot] != 0) slot = (slot + 1) & table->mask;
	table->slots[slot] = number + 1;
}

static const struct record *find(const struct table *table, const void *key, size_t length, size_t offset) {
	uint32_t slot = hash(key, length) & table->mask;
	for (; table->slots[slot] != 0; slot = (slot + 1) & table->mask) {
		const struct record *record = &records[table->slots[slot] - 1];
		if (memcmp((const uint8_t *)record + offset, key, length) == 0) return record;
	}
	return NULL;
}

static void load(const char *path) {
	char ip[16], vtep[16];
	uint32_t capacity = 1024;
	FILE *file = fopen(path, "re");
	check(file != NULL, path);
	records = malloc(capacity * sizeof *records);
	for (;;) {
		uint8_t mac[MAC_LENGTH];
		int read = fscanf(file, "%15s %hhx:%hhx:%hhx:%hhx:%hhx:%hhx %15s", ip, mac, mac + 1, mac + 2, mac + 3, mac + 4,
				  mac + 5, vtep);
		if (read != 8) break;
		if (record_count == capacity) records = realloc(records, (capacity *= 2) * sizeof *records);
		check(records != NULL, "memory for records");
		records[record_count] = (struct record){.ip = ip_of(ip), .vtep = ip_of(vtep)};
		memcpy(records[record_count].mac, mac, MAC_LENGTH);
		record_count += 1;
	}
	check(feof(file), "a line of the records");
	fclose(file);
	uint32_t slots = 2;
	while (slots < record_count * 2) slots *= 2;
	by_ip = (struct table){.slots = calloc(slots, sizeof(uint32_t)), .mask = slots - 1};
	by_mac = (struct table){.slots = calloc(slots, sizeof(uint32_t)), .mask = slots - 1};
	check(by_ip.slots != NULL && by_mac.slots != NULL, "memory for tables");
	for (uint32_t number = 0; number < record_count; number += 1) {
		insert(&by_ip, &records[number].ip, sizeof(ip_t), number);
		insert(&by_mac, records[number].mac, MAC_LENGTH, number);
	}
}

static uint8_t *attribute(uint8_t *at, uint16_t type, const void *data, uint16_t length) {
	struct rtattr header = {.rta_type = type, .rta_len = (uint16_t)RTA_LENGTH(length)};
	memset(at, 0, RTA_SPACE(length));
	memcpy(at, &header, sizeof header);
	memcpy(at + sizeof header, data, length);
	return at + RTA_SPACE(length);
}

/* Appends the request that writes one of the two entries of a record; answers where the next one goes. */
static uint8_t *request(uint8_t *at, int family, const struct record *record) {
	static const uint8_t protocol = STAMP;
	int bridge = family == AF_BRIDGE;
	uint32_t destination = htonl(bridge ? record->vtep : record->ip);
	struct ndmsg *entry = (struct ndmsg *)(at + NLMSG_HDRLEN);
	*entry = (struct ndmsg){.ndm_family = (uint8_t)family,
				.ndm_ifindex = (int)device,
				.ndm_state = bridge ? NUD_PERMANENT | NUD_NOARP : NUD_PERMANENT,
				.ndm_flags = bridge ? NTF_SELF | NTF_EXT_LEARNED : 0};
	uint8_t *end = (uint8_t *)(entry + 1);
	end = attribute(end, NDA_DST, &destination, sizeof destination);
	end = attribute(end, NDA_LLADDR, record->mac, MAC_LENGTH);
	if (!bridge) end = attribute(end, NDA_PROTOCOL, &protocol, sizeof protocol);
	*(struct nlmsghdr *)at = (struct nlmsghdr){.nlmsg_len = (uint32_t)(end - at),
						   .nlmsg_type = RTM_NEWNEIGH,
						   .nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_REPLACE};
	return end;
}

/* Hands requests to the kernel, which works them off before send returns; what it then has to say is a failure. */
static void write_entries(int route, const uint8_t *requests, const uint8_t *end) {
	uint8_t answer[512];
	check(send(route, requests, (size_t)(end - requests), 0) == end - requests, "send to the kernel");
	ssize_t length = recv(route, answer, sizeof answer, MSG_DONTWAIT);
	if (length < 0) {
		check(errno == EAGAIN, "the kernel's answer");
		return;
	}
	errno = -((struct nlmsgerr *)NLMSG_DATA((struct nlmsghdr *)answer))->error;
	fail("an entry was refused");
}

static void push(int route) {
	static uint8_t requests[PUSH_AT_ONCE * 2 * REQUEST_SIZE];
	for (uint32_t number = 0; number < record_count;) {
		uint8_t *end = requests;
		for (uint32_t last = number + PUSH_AT_ONCE; number < last && number < record_count; number += 1)
			end = request(request(end, AF_BRIDGE, &records[number]), AF_INET, &records[number]);
		write_entries(route, requests, end);
	}
}

static void notify_ready(void) {
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (path == NULL) return;
	check(strlen(path) < sizeof address.sun_path, "the path in NOTIFY_SOCKET");
	strcpy(address.sun_path, path);
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	check(sendto(fd, "READY=1", 7, 0, (struct sockaddr *)&address, sizeof address) == 7, "READY=1");
	close(fd);
}

static uint8_t datagrams[DATAGRAMS][DATAGRAM_SIZE];
static uint8_t requests[DATAGRAMS * 4 * REQUEST_SIZE];
static uint8_t frames[DATAGRAMS * 2][ARP_FRAME];

/* Answers what waits in the socket, or the next miss that comes. */
static void answer(int events, int route, int packets) {
	struct mmsghdr received[DATAGRAMS], sent[DATAGRAMS * 2];
	struct iovec parts[DATAGRAMS], bodies[DATAGRAMS * 2];
	uint8_t *end = requests;
	unsigned frame_count = 0;
	for (int index = 0; index < DATAGRAMS; index += 1) {
		parts[index] = (struct iovec){.iov_base = datagrams[index], .iov_len = DATAGRAM_SIZE};
		received[index].msg_hdr = (struct msghdr){.msg_iov = &parts[index], .msg_iovlen = 1};
	}
	int count = recvmmsg(events, received, DATAGRAMS, MSG_WAITFORONE, NULL);
	if (count < 0 && errno == ENOBUFS) fprintf(stderr, "misses were lost: the receive buffer was full\n");
	check(count >= 0 || errno == ENOBUFS || errno == EINTR, "receive");
	for (int index = 0; index < count; index += 1) {
		struct nlmsghdr *message = (struct nlmsghdr *)datagrams[index];
		struct entry miss;
		if (message->nlmsg_type != RTM_GETNEIGH || !read_entry(message, device, &miss)) continue;
		if (miss.destination != NULL) {
			ip_t ip = read_ip(miss.destination);
			const struct record *record = find(&by_ip, &ip, sizeof ip, offsetof(struct record, ip));
			if (record == NULL) continue;
			end = request(request(end, AF_BRIDGE, record), AF_INET, record);
			bodies[frame_count] = (struct iovec){.iov_base = frames[frame_count], .iov_len = ARP_FRAME};
			sent[frame_count].msg_hdr = (struct msghdr){.msg_iov = &bodies[frame_count], .msg_iovlen = 1};
			arp_frame(frames[frame_count++], 2, record->mac, ip, record->mac, ip);
		} else if (miss.link_address != NULL) {
			const struct record *record =
				find(&by_mac, miss.link_address, MAC_LENGTH, offsetof(struct record, mac));
			if (record != NULL) end = request(end, AF_BRIDGE, record);
		}
	}
	if (end != requests) write_entries(route, requests, end);
	for (unsigned done = 0; done < frame_count;) {
		int some = sendmmsg(packets, sent + done, frame_count - done, 0);
		check(some > 0, "ARP replies");
		done += (unsigned)some;
	}
}

int main(int argc, char **argv) {
	if (argc != 5) {
		fprintf(stderr, "usage: reference DEVICE BRIDGE RECORDS miss|push\n");
		return 1;
	}
	device = index_of(argv[1]);
	load(argv[3]);
	int events = open_events(64 << 20);
	int packets = open_packets(index_of(argv[2]), 0);
	int route = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	check(route >= 0, "netlink socket");
	if (strcmp(argv[4], "push") == 0) push(route);
	notify_ready();
	for (;;) answer(events, route, packets);
}
