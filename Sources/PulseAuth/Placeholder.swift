import AsyncHTTPClient
import JWTKit
import PulseEngine
